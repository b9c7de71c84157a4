/** Drivers of GPUs that the machine lacks, opened through our shim (shim.c). */
import { dirname, fromFileUrl, isAbsolute, join } from "@std/path";

/** A simulated GPU: how to start a program on it. */
export interface Driver {
  readonly name: string;
  /** Program and leading arguments that replace `deno`. */
  readonly deno: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** AMD's, by the name that Mesa 22.3 has for them. */
export const RADV = { navi21: "RDNA 2", gfx1100: "RDNA 3", vega10: "GCN 5" } as const;

const SOURCES = ["shim.c", "report.c"].map((name) => fromFileUrl(new URL(name, import.meta.url)));
const ICD_FOLDERS = ["/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/** Thrown where something that the gate needs cannot be had here; the message is one line. */
export class Missing extends Error {}

/** Compiles the shim into a folder. @returns the path of the loader's file for it */
export async function buildShim(folder: string): Promise<string> {
  const library = join(folder, "libshim.so");
  const flags = ["-O1", "-shared", "-fPIC", "-fvisibility=hidden", ...SOURCES, "-o", library, "-ldl"];
  await compileC(flags);
  const icd = join(folder, "shim.json");
  const body = { file_format_version: "1.0.0", ICD: { library_path: library, api_version: "1.3.0" } };
  await Deno.writeTextFile(icd, JSON.stringify(body));
  return icd;
}

/** Runs the C compiler. @throws Missing without one */
export async function compileC(args: readonly string[]): Promise<void> {
  for (const compiler of ["cc", "gcc", "clang"]) {
    try {
      const { success, stderr } = await new Deno.Command(compiler, { args: [...args] }).output();
      if (!success) throw new Error(`${compiler} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Missing("no C compiler (cc, gcc or clang) on PATH");
}

/** AMD's driver for a chip that is not there. @throws Missing if the system has no RADV */
export function radv(chip: string, icd: string): Driver {
  return {
    name: chip,
    deno: [Deno.execPath()],
    env: { ...shimEnv(icd, radvLibrary()), RADV_FORCE_FAMILY: chip },
  };
}

function shimEnv(icd: string, library: string): Record<string, string> {
  return {
    VK_ICD_FILENAMES: icd,
    VK_DRIVER_FILES: icd,
    SHIM_DRIVER: library,
    MESA_SHADER_CACHE_DISABLE: "true",
    NO_COLOR: "1",
  };
}

function radvLibrary(): string {
  for (const folder of ICD_FOLDERS) {
    for (const { name } of entries(folder)) {
      if (!/^radeon_icd.*\.json$/.test(name)) continue;
      const { ICD } = JSON.parse(Deno.readTextFileSync(join(folder, name)));
      const path: string = ICD.library_path;
      return isAbsolute(path) || !path.includes("/") ? path : join(dirname(join(folder, name)), path);
    }
  }
  throw new Missing("Mesa's RADV is not installed (Debian: mesa-vulkan-drivers)");
}

function entries(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    return [];
  }
}
