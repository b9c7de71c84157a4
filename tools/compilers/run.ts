/** Starts a program on a simulated GPU and reads what it and the shim print. */
import { fromFileUrl, join } from "@std/path";
import type { Driver } from "./drivers.ts";
import { type Pipeline, readPipeline } from "./statistics.ts";

/** A kernel that a driver has compiled. */
export interface Compiled extends Pipeline {
  readonly name: string;
  /** Rows of the matrix that a team of a linear map computes; 0 for other kernels. */
  readonly rows: number;
}

const CHILD = fromFileUrl(new URL("child.ts", import.meta.url));

/**
 * Compiles the linked kernels whose names match all of `words`, or files of WGSL.
 * @param folder for the shim's output
 * @param listing true to get the machine code too
 * @throws Error with the last lines of a program that fails
 */
export async function compileOn(
  driver: Driver,
  folder: string,
  words: readonly string[],
  listing: boolean,
): Promise<Compiled[]> {
  const out = join(folder, `${driver.name}.out`);
  const [program, ...args] = driver.deno;
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args, "run", "--quiet", "--no-check", "--allow-all", CHILD, out, ...words],
    env: { ...driver.env, SHIM_OUT: out, ...(listing ? { SHIM_LISTING: "1" } : {}) },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(`${driver.name}: ${text(stderr).split("\n").slice(-4).join("\n")}`);
  return text(stdout).split("\n").filter((line) => line !== "").map((line) => {
    const { name, rows, pipeline } = JSON.parse(line);
    return { name, rows, ...readPipeline(pipeline) };
  });
}
