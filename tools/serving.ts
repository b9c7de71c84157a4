/**
 * Requests of many users at once: `deno task serving [--mixes 1000] [--cancels 500] [--seed 1]`. Random mixes of sixteen
 * requests, each answer compared with that of the request alone, bit by bit; then cancels at random stages. The counts
 * are shared by models with different KV caches and rotary embeddings.
 */
import { parseArgs } from "@std/cli/parse-args";
import { defaultModelFolder } from "../src/checkpoint/files/locate.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { openModel, type OpenOptions } from "../src/model/weights/load.ts";
import { causalHead } from "../src/model/weights/weights.ts";
import { goldenPath } from "../tests/support/generate.ts";
import { runCancels, runMixes } from "../tests/support/serving_mixes.ts";

const { mixes, cancels, seed } = parseArgs(Deno.args, {
  string: ["mixes", "cancels", "seed"],
  default: { mixes: "1000", cancels: "500", seed: "1" },
});
const CASES: readonly (readonly [name: string, path: string, kvCache?: OpenOptions["kvCache"]])[] = [
  ["float32", goldenPath("generate"), "float32"],
  ["float16", goldenPath("generate"), "float16"],
  ["bfloat16", goldenPath("generate"), "bfloat16"],
  ["int8", goldenPath("generate"), "int8"],
  ["dynamic RoPE", goldenPath("rope_dynamic_generate")],
  ["default model", defaultModelFolder()],
];
/** The mixes of one case. */
const share = (all: string) => Math.ceil(Number(all) / CASES.length);

const gpu = await Gpu.open();
for (const [i, [name, path, kvCache]] of CASES.entries()) {
  const model = await openModel(path, causalHead, { gpu, kvCache });
  const { reused, cancelled } = await runMixes(
    model,
    { count: share(mixes), seed: Number(seed) + i },
    (mix) => mix % 25 === 24 && console.log(`${name}: ${mix + 1} mixes`),
  );
  await runCancels(model, { count: share(cancels), seed: Number(seed) + i });
  console.log(
    `${name}: ${share(mixes)} mixes equal, ${reused} rows reused, ${cancelled} requests cancelled; ` +
      `then ${share(cancels)} cancels`,
  );
  model.dispose();
}
gpu.dispose();
