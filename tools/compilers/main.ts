/**
 * deno task check:compilers [--driver NAME]… [--short] [--write] [--listing] [WORD…]: compiles the kernels of large
 * models with the compilers of GPUs that this machine lacks.
 *
 * Without WORDs it is a gate: limits (limits.ts) must hold, and no row may be worse than in bench/COMPILERS.md;
 * --short compiles a part of the kernels, for AMD only. WORDs are patterns of kernels' names (`8b int4 1 o_proj`) or
 * files of WGSL: their figures and loops are printed, and with --listing the machine code. --write replaces the
 * file's rows, with --short or WORDs those of these kernels.
 */
import { parseArgs } from "@std/cli/parse-args";
import { buildShim, type Driver, driverOf, GPUS, MESA, Missing } from "./drivers.ts";
import { COLUMN_NAMES, COLUMNS, figuresOf, type Row } from "./figures.ts";
import { gate, SHORT } from "./gate.ts";
import { readListing } from "./listing.ts";
import { compileOn } from "./run.ts";

const options = parseArgs(Deno.args, {
  string: ["driver", "_"],
  boolean: ["listing", "short", "write"],
  collect: ["driver"],
  unknown: (option: string) => option.startsWith("-") ? fail(`unknown option ${option}`) : true,
});
const words: string[] = options._;
const chosen: string[] = options.driver;
const unknown = chosen.find((name) => !(name in GPUS));
if (unknown !== undefined) fail(`--driver: expected one of ${Object.keys(GPUS).join(" ")}, got ${unknown}`);
for (const word of words) if (!isPattern(word)) fail(`${word} is not a regular expression`);
const everyGpu = Object.keys(GPUS).filter((name) =>
  !(GPUS[name].debian && (options.short || words.length > 0))
);
const gpus = chosen.length > 0 ? chosen : everyGpu;

const folder = await Deno.makeTempDir({ prefix: "llama-compilers-" });
try {
  Deno.exitCode = await run();
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function run(): Promise<number> {
  const rows: Row[] = [];
  const missing = new Map<string, string[]>();
  for (const gpu of gpus) {
    const driver = await found(gpu);
    if (typeof driver === "string") {
      missing.set(driver, [...missing.get(driver) ?? [], gpu]);
      continue;
    }
    const wanted = options.short && words.length === 0 ? SHORT : words;
    const listing = options.listing || GPUS[gpu].debian === undefined;
    for (const kernel of await compileOn(driver, folder, wanted, listing)) {
      const figures = figuresOf(GPUS[gpu].family, kernel);
      rows.push({ gpu, kernel: kernel.name, figures });
      if (words.length > 0) print(rows.at(-1)!, kernel.listing);
    }
  }
  for (const [reason, names] of missing) console.log(`skipped ${names.join(", ")}: ${reason}`);
  if (words.length === 0 || options.write) {
    return await gate(rows, { partial: options.short || words.length > 0, write: options.write });
  }
  if (rows.length === 0 && missing.size === 0) console.error(`no kernel's name matches ${words.join(" ")}`);
  return rows.length === 0 ? 2 : 0;
}

/** The driver, or the reason why there is none; the gate compares figures of one version of Mesa. */
async function found(gpu: string): Promise<Driver | string> {
  try {
    const driver = await driverOf(gpu, await buildShim(folder));
    const expected = GPUS[gpu].debian ? MESA.debian : MESA.system;
    if (words.length > 0 || driver.mesa === expected) return driver;
    return `Mesa is ${driver.mesa}, bench/COMPILERS.md is of ${expected}`;
  } catch (error) {
    if (error instanceof Missing) return error.message;
    throw error;
  }
}

function print({ gpu, kernel, figures }: Row, listing: string): void {
  const known = COLUMN_NAMES.filter((name) => figures[name] !== undefined);
  console.log(`\n${gpu}: ${kernel}`);
  console.log(`  ${known.map((name) => `${COLUMNS[name].title} ${figures[name]}`).join(", ")}`);
  if (GPUS[gpu].debian === undefined) {
    for (const { label, ...loop } of readListing(listing).loops) {
      console.log(`  loop ${label}: ${Object.entries(loop).map((one) => one.join(" ")).join(", ")}`);
    }
  }
  if (options.listing) console.log(listing);
}

function isPattern(word: string): boolean {
  try {
    return Boolean(new RegExp(word));
  } catch {
    return false;
  }
}

function fail(problem: string): never {
  console.error(problem);
  Deno.exit(2);
}
