/**
 * Requests of many users at once: `deno task serving [--mixes 1000] [--cancels 500] [--seed 1]`. Random mixes of sixteen
 * requests, each answer compared with that of the request alone, bit by bit; then cancels at random stages. With each
 * storage type of the KV cache in turn.
 */
import { parseArgs } from "@std/cli/parse-args";
import { Gpu } from "../src/gpu/gpu.ts";
import { openModel } from "../src/model/weights/load.ts";
import { causalHead } from "../src/model/weights/weights.ts";
import { goldenPath } from "../tests/support/generate.ts";
import { runCancels, runMixes } from "../tests/support/serving_mixes.ts";

const { mixes, cancels, seed } = parseArgs(Deno.args, {
  string: ["mixes", "cancels", "seed"],
  default: { mixes: "1000", cancels: "500", seed: "1" },
});
const TYPES = ["float32", "float16", "bfloat16", "int8"] as const;

const gpu = await Gpu.open();
for (const [i, kvCache] of TYPES.entries()) {
  const model = await openModel(goldenPath("generate"), causalHead, { gpu, kvCache });
  const share = (all: string) => Math.ceil(Number(all) / TYPES.length);
  const { reused, cancelled } = await runMixes(
    model,
    { count: share(mixes), seed: Number(seed) + i },
    (mix) => mix % 25 === 24 && console.log(`${kvCache}: ${mix + 1} mixes`),
  );
  await runCancels(model, { count: share(cancels), seed: Number(seed) + i });
  console.log(
    `${kvCache}: ${share(mixes)} mixes equal, ${reused} rows reused, ${cancelled} requests cancelled; ` +
      `then ${share(cancels)} cancels`,
  );
  model.dispose();
}
gpu.dispose();
