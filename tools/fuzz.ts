/**
 * Feeds parsers seeded inputs: `deno task fuzz [--inputs 20000] [--seconds 600] [--seed 1] [TARGET…]`. Prints
 * a line for each target; the first finding ends it with exit code 1 and a way to reproduce the input.
 */
import { parseArgs } from "@std/cli/parse-args";
import { fuzz } from "../tests/trust/fuzz.ts";
import { withTargets } from "../tests/trust/fuzz_targets.ts";

const { inputs, seconds, seed, _: wanted } = parseArgs(Deno.args, {
  string: ["inputs", "seconds", "seed"],
  default: { inputs: "Infinity", seconds: "60", seed: "1" },
});

await withTargets(async (targets) => {
  const chosen = targets.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (chosen.length === 0) {
    console.error(`expected targets of ${targets.map(({ name }) => JSON.stringify(name)).join(", ")}`);
    Deno.exitCode = 2;
  }
  for (const target of chosen) {
    const end = performance.now() + Number(seconds) * 1000;
    const options = { seed: Number(seed), count: Number(inputs), done: () => performance.now() > end };
    try {
      const { accepted, refused, slowestMs, mostBytes } = await fuzz(target, options);
      console.log(
        `${target.name}: ${accepted} accepted, ${refused} refused; slowest ${slowestMs.toFixed(0)} ms, ` +
          `most memory beyond 4 × input ${(mostBytes / 2 ** 20).toFixed(1)} MiB`,
      );
    } catch (error) {
      console.log(error instanceof Error ? error.message : error);
      Deno.exitCode = 1;
    }
  }
});
