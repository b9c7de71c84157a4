/**
 * deno task check:compilers [--driver NAME]… [--listing] [WORD…]: compiles the kernels of large models with the
 * compilers of GPUs that this machine lacks, and prints their registers, spills, waves and loops. WORDs select
 * kernels by name (`8b int4 1 o_proj`), or are files of WGSL; --listing prints the machine code.
 */
import { parseArgs } from "@std/cli/parse-args";
import { buildShim, RADV, radv } from "./drivers.ts";
import { readListing } from "./listing.ts";
import { compileOn } from "./run.ts";

const options = parseArgs(Deno.args, { string: ["driver", "_"], boolean: ["listing"], collect: ["driver"] });
const chips = options.driver.length > 0 ? options.driver.map(String) : Object.keys(RADV);
const folder = await Deno.makeTempDir({ prefix: "llama-compilers-" });
try {
  const icd = await buildShim(folder);
  for (const chip of chips) {
    for (const kernel of await compileOn(radv(chip, icd), folder, options._.map(String))) {
      const { name, milliseconds, statistics, listing } = kernel;
      const { loops, registers, roundTrips } = readListing(listing);
      console.log(`\n${chip}: ${name}: ${milliseconds.toFixed(0)} ms`);
      console.log(
        `  ${
          Object.entries({ ...statistics, used: registers, roundTrips }).map((one) => one.join(" ")).join(
            ", ",
          )
        }`,
      );
      for (const { label, ...loop } of loops) {
        console.log(`  loop ${label}: ${Object.entries(loop).map((one) => one.join(" ")).join(", ")}`);
      }
      if (options.listing) console.log(listing);
    }
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
