/**
 * Whole models on the kernels for hardware GPUs: prompts in tiles, matrices in buffers, decoding with and
 * without subgroups.
 */
import { assert, assertEquals } from "@std/assert";
import { Int4WeightOnlyConfig } from "../../checkpoint/int4/int4_weight_only_config.ts";
import { defaultModelFolder } from "../../checkpoint/files/locate.ts";
import { openModel } from "../../model/weights/load.ts";
import { causalHead } from "../../model/weights/weights.ts";
import { hardwareGpu } from "../../../tests/support/linear.ts";
import { GOLDEN, type Tensor, unpack } from "../../../tests/support/golden.ts";
import { Engine } from "../engine/engine.ts";
import { score } from "../measure/score.ts";
import { collect, goldenPath, prompt, request, runEngine } from "../../../tests/support/generate.ts";

const expected: {
  prompts: { text: string; ids: number[]; tokens: number[] }[];
  forward: { inputIds: number[][]; logits: Tensor };
} = JSON.parse(await Deno.readTextFile(new URL("default-model.json", GOLDEN)));

for (const subgroups of [true, false]) {
  const what = subgroups ? "with subgroups" : "without subgroups";
  Deno.test(`GPU kernels ${what}: the default model's logits and greedy text are transformers'`, async () => {
    using gpu = await hardwareGpu({ subgroups });
    if (!subgroups) assertEquals(gpu.traits.subgroupSize, 0);
    const model = await openModel(defaultModelFolder(), causalHead, { gpu, kvCache: "float32" });
    try {
      const { inputIds: [ids], logits } = expected.forward;
      const { logits: rows } = await score(model, ids, { logits: true });
      const [want, vocabSize] = [unpack(logits), logits.shape[2]];
      for (const [i, got] of rows!.entries()) {
        const row = want.subarray(i * vocabSize, (i + 1) * vocabSize);
        const largest = row.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const off = row.reduce((most, x, j) => Math.max(most, Math.abs(x - got[j])), 0);
        assert(off <= 1e-5 * largest, `token ${i}: off by ${off}, the largest is ${largest}`);
      }
      const prompts = expected.prompts.slice(0, 2);
      const made = await runEngine(
        { model, batchSize: 2 },
        (engine) => collect(engine, prompts.map(({ ids }) => request(ids, { maxNewTokens: 6 }))),
      );
      prompts.forEach(({ text, tokens }, i) => assertEquals(made[i].tokens, tokens.slice(0, 6), text));
    } finally {
      model.dispose();
    }
  });
}

Deno.test("GPU kernels: rows of a prompt serve another one, bit-identical, in floats and 4 bits", async () => {
  using gpu = await hardwareGpu();
  const quantizationConfig = new Int4WeightOnlyConfig({ groupSize: 32 });
  for (const folder of [goldenPath("generate"), defaultModelFolder()]) {
    const int4 = folder === defaultModelFolder() ? { quantizationConfig } : {};
    const model = await openModel(folder, causalHead, { gpu, ...int4 });
    const engines = [0, 1].map(() => new Engine(model, { maxLength: 128, batchSize: 1 }));
    try {
      const ids = prompt(3, 90);
      await collect(engines[0], [request(ids.slice(0, 71), { maxNewTokens: 2 })]);
      const one = request(ids, { maxNewTokens: 2, logprobs: 50 });
      const [again] = await collect(engines[0], [one]);
      assertEquals(engines[0].decoder!.promptRows, 71 + 19);
      assertEquals([again], await collect(engines[1], [one]));
    } finally {
      for (const engine of engines) engine.dispose();
      model.dispose();
    }
  }
});
