/** Models of every size on adapters of every kind: all that is made and run stays within what the adapter allows. */
import { assertEquals } from "@std/assert";
import { LlamaConfig } from "../checkpoint/config.ts";
import type { Int4Source } from "../checkpoint/int4_source.ts";
import type { Checkpoint, TensorInfo, WeightDtype } from "../checkpoint/types.ts";
import { FAKE_ADAPTERS, withAdapter } from "../gpu/adapters_testing.ts";
import { Gpu } from "../gpu/gpu.ts";
import { LoadedModel } from "../model/load.ts";
import { allocateWeights, causalHead, modelTensors } from "../model/weights.ts";
import { Decoder } from "./decoder.ts";
import { RowDecoder } from "./row_decoder.ts";

interface Size {
  readonly config: LlamaConfig;
  readonly dtype: WeightDtype;
  readonly int4?: Pick<Int4Source, "groupSize" | "scaleDtype" | "zeroKind"> & { readonly ordered?: boolean };
  readonly positions: number;
}

/** A layer of each; memory is not what is asked about. */
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
  const decoder = new RowDecoder(await load(gpu, SIZES["8B bfloat16"]), 2, 131072, 2);
  decoder.copy({ pairs: [[0, 1]], first: 0, end: 131072 });
});

/** Makes what generating needs, takes a prompt in and makes a token of it. */
async function run(gpu: Gpu, one: Size): Promise<void> {
  Object.defineProperty(gpu, "memoryBytes", { value: Infinity });
  const model = await load(gpu, one);
  const decoder = new Decoder(model, 1, one.positions);
  await decoder.prefill([{ slot: 0, ids: Array.from({ length: one.positions }, () => 1) }]);
  decoder.encode(1, 1, one.positions);
  decoder.dispose();
}

async function load(gpu: Gpu, { config, dtype, int4 }: Size): Promise<LoadedModel> {
  const heads = causalHead(config);
  const tensors = modelTensors(config, heads).map(({ name, shape }): [string, TensorInfo] => [
    name,
    { name, dtype: "F32", shape, file: "", offset: 0, bytes: shape.reduce((product, n) => product * n, 4) },
  ]);
  const unread = () => Promise.reject(new Error("there are no numbers"));
  const checkpoint: Checkpoint = { files: [""], tensors: new Map(tensors), read: unread, close() {} };
  const { weights } = await allocateWeights(gpu, checkpoint, config, {
    dtype,
    heads,
    int4: (module): Int4Source | undefined => {
      if (!int4 || !module.includes("_proj")) return undefined;
      const [rows, columns] = checkpoint.tensors.get(`${module}.weight`)!.shape;
      const columnGroups = Uint32Array.from({ length: columns }, (_, i) => i % (columns / int4.groupSize));
      return {
        ...int4,
        name: module,
        shape: [rows, columns],
        columnGroups: int4.ordered ? columnGroups : undefined,
        read: unread,
      };
    },
  });
  return new LoadedModel(gpu, config, weights, "float32", 0, 0, [], false, new Map());
}
