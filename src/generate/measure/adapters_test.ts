/**
 * Models of every size on adapters of every kind: every allocation and dispatch stays within the adapter's
 * limits.
 */
import { assertEquals } from "@std/assert";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import type { WeightDtype } from "../../checkpoint/tensors/types.ts";
import { FAKE_ADAPTERS, withAdapter } from "../../../tests/support/adapters.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { Decoder } from "../decode/decoder.ts";
import { RowDecoder } from "../decode/row_decoder.ts";
import { type Int4Kind, modelOf } from "../../../tests/support/shapes.ts";

interface Size {
  readonly config: LlamaConfig;
  readonly dtype: WeightDtype;
  readonly int4?: Int4Kind;
  readonly positions: number;
}

/** One layer of each; memory is not under test. */
const size = (fields: Record<string, unknown>) => LlamaConfig.from({ numHiddenLayers: 1, ...fields });
const [SEVEN, EIGHT, SIXTY_FIVE] = [
  size({ hiddenSize: 4096, intermediateSize: 11008, numAttentionHeads: 32, vocabSize: 32000 }),
  size({
    ...{ hiddenSize: 4096, intermediateSize: 14336, numAttentionHeads: 32, numKeyValueHeads: 8 },
    ...{ vocabSize: 128256, maxPositionEmbeddings: 131072 },
  }),
  size({
    ...{ hiddenSize: 8192, intermediateSize: 22016, numAttentionHeads: 64, vocabSize: 32000 },
    ...{ attentionBias: true },
  }),
];
const SIZES: Readonly<Record<string, Size>> = {
  "7B float32": { config: SEVEN, dtype: "float32", positions: 2048 },
  "7B of GPTQ by activations": {
    config: SEVEN,
    dtype: "float16",
    int4: { groupSize: 128, scaleDtype: "float16", zeroKind: "point", ordered: true },
    positions: 2048,
  },
  "8B bfloat16": { config: EIGHT, dtype: "bfloat16", positions: 8192 },
  "65B with biases": { config: SIXTY_FIVE, dtype: "float16", positions: 2048 },
};

Deno.test("models of every size stay within the limits of every adapter", async () => {
  const refused: string[] = [];
  for (const [name, adapter] of Object.entries(FAKE_ADAPTERS)) {
    for (const [what, one] of Object.entries(SIZES)) {
      try {
        await run(await withAdapter(adapter, () => Gpu.open()), one);
      } catch (error) {
        refused.push(`${name}, ${what}: ${error}`);
      }
    }
  }
  assertEquals(refused, []);
});

Deno.test("Llama 3.1's longest context: beams copy all of it", async () => {
  const gpu = await withAdapter(FAKE_ADAPTERS.nvidia, () => Gpu.open());
  const decoder = new RowDecoder(await modelOf(gpu, EIGHT, SIZES["8B bfloat16"]), 2, 131072, 2);
  decoder.copy({ pairs: [[0, 1]], first: 0, end: 131072 });
});

/** Allocates what generation needs, prefills a prompt and generates a token from it. */
async function run(gpu: Gpu, one: Size): Promise<void> {
  Object.defineProperty(gpu, "memoryBytes", { value: Infinity });
  const model = await modelOf(gpu, one.config, one);
  const decoder = new Decoder(model, 1, one.positions);
  await decoder.prefill([{ slot: 0, ids: Array.from({ length: one.positions }, () => 1) }]);
  decoder.encode(1, 1, one.positions);
  decoder.dispose();
}
