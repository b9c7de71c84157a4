/** Drivers of GPUs that the machine lacks, opened through our shim (shim.c). */
import { dirname, fromFileUrl, isAbsolute, join } from "@std/path";

/** A simulated GPU: how to start a program on it. */
export interface Driver {
  readonly name: string;
  /** Program and leading arguments that replace `deno`. */
  readonly deno: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Version of Mesa. */
  readonly mesa: string;
}

/** GPUs whose limits are the same. */
export type Family = "RDNA" | "GCN" | "NVIDIA" | "Intel";

interface Gpu {
  readonly family: Family;
  /** A GPU of users. */
  readonly title: string;
  /** Variables that choose it. */
  readonly env: Readonly<Record<string, string>>;
  /** Driver's library, and what simulates the kernel's interface, in Debian 13's packages; else the system's RADV. */
  readonly debian?: { readonly library: string; readonly preload: string };
}

const NVK = { library: "libvulkan_nouveau.so", preload: "nouveau.so" };
const ANV = { library: "libvulkan_intel.so", preload: "intel.so" };

/** Versions of Mesa whose figures the table holds: Debian 12's, and Debian 13's for GPUs of its packages. */
export const MESA = { system: "22.3.6", debian: "25.0.7" };

/** By the name that the driver has for them. */
export const GPUS: Readonly<Record<string, Gpu>> = {
  navi21: { family: "RDNA", title: "RDNA 2, RX 6800", env: { RADV_FORCE_FAMILY: "navi21" } },
  gfx1100: { family: "RDNA", title: "RDNA 3, RX 7900", env: { RADV_FORCE_FAMILY: "gfx1100" } },
  vega10: { family: "GCN", title: "GCN 5, Vega 56", env: { RADV_FORCE_FAMILY: "vega10" } },
  ga102: {
    family: "NVIDIA",
    title: "Ampere, RTX 3080, compiled by NAK",
    env: { NOUVEAU_CHIPSET: "172", NVK_I_WANT_A_BROKEN_VULKAN_DRIVER: "1" },
    debian: NVK,
  },
  tgl: { family: "Intel", title: "Xe, Tiger Lake", env: { INTEL_STUB_GPU_PLATFORM: "tgl" }, debian: ANV },
  dg2: { family: "Intel", title: "Xe HPG, Arc A770", env: { INTEL_STUB_GPU_PLATFORM: "dg2" }, debian: ANV },
};

/** Thrown where something that the gate needs cannot be had; the message is one line. */
export class Missing extends Error {}

const here = (name: string) => fromFileUrl(new URL(name, import.meta.url));
const ICD_FOLDERS = ["/usr/share/vulkan/icd.d", "/usr/local/share/vulkan/icd.d", "/etc/vulkan/icd.d"];

/**
 * Compiles the shim into a folder.
 * @returns the path of the loader's file for it
 * @throws Missing without a C compiler
 */
export async function buildShim(folder: string): Promise<string> {
  const library = join(folder, "libshim.so");
  const args = ["-O1", "-shared", "-fPIC", "-fvisibility=hidden", here("shim.c"), here("report.c")];
  await compileC([...args, "-o", library, "-ldl"]);
  const icd = join(folder, "shim.json");
  const body = { file_format_version: "1.0.0", ICD: { library_path: library, api_version: "1.3.0" } };
  await Deno.writeTextFile(icd, JSON.stringify(body));
  return icd;
}

async function compileC(args: readonly string[]): Promise<void> {
  for (const compiler of ["cc", "gcc", "clang"]) {
    try {
      const { success, stderr } = await new Deno.Command(compiler, { args: [...args] }).output();
      if (!success) throw new Missing(`${compiler} fails: ${lastLine(stderr)}`);
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Missing("no C compiler (cc, gcc or clang) on PATH");
}

/**
 * A driver for one of {@link GPUS}.
 * @param icd path that {@link buildShim} returns
 * @throws Missing if the driver cannot be had here
 */
export async function driverOf(name: string, icd: string): Promise<Driver> {
  const { env, debian } = GPUS[name];
  const common = {
    VK_ICD_FILENAMES: icd,
    VK_DRIVER_FILES: icd,
    MESA_SHADER_CACHE_DISABLE: "true",
    NO_COLOR: "1",
    ...env,
  };
  if (!debian) {
    const library = radvLibrary();
    const mesa = await mesaOf(library);
    return { name, deno: [Deno.execPath()], env: { ...common, SHIM_DRIVER: library }, mesa };
  }
  const folder = await debianFolder();
  const libraries = join(folder, "root/usr/lib/x86_64-linux-gnu");
  const loader = [join(libraries, "ld-linux-x86-64.so.2"), "--library-path", libraries];
  const library = join(libraries, debian.library);
  return {
    name,
    deno: [...loader, "--preload", join(folder, debian.preload), Deno.execPath()],
    env: { ...common, SHIM_DRIVER: library, SHIM_MEMORY: "1" },
    mesa: await mesaOf(library),
  };
}

/** The version that a driver's library names. @throws Missing if the file cannot be read */
async function mesaOf(library: string): Promise<string> {
  try {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(library));
    return /Mesa (\d+\.\d+\.\d+)/.exec(text)?.[1] ?? "of an unknown version";
  } catch {
    throw new Missing(`${library} cannot be read`);
  }
}

/** The folder of Debian 13's packages, made by the first call. */
async function debianFolder(): Promise<string> {
  if (Deno.build.os !== "linux" || Deno.build.arch !== "x86_64") throw new Missing("only on x86-64 Linux");
  const script = here("../../scripts/simulated_gpus.sh");
  const { success, stdout, stderr } = await new Deno.Command("sh", { args: [script] }).output();
  if (!success) throw new Missing(lastLine(stderr));
  return new TextDecoder().decode(stdout).trim();
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

function lastLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim().split("\n").at(-1) ?? "";
}
