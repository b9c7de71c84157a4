/** What a token reads at least, counted on a device that runs nothing. */
import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { LlamaConfig } from "../checkpoint/config.ts";
import { Gpu, type GpuTraits } from "../gpu/gpu.ts";
import { LoadedModel } from "../model/load.ts";
import { RandomCheckpoint } from "../model/random_checkpoint.ts";
import { allocateWeights, causalHead } from "../model/weights.ts";
import { Decoder } from "./decoder.ts";

const MEGA = 1e6;

/** Llama 2's 7B. */
const SEVEN_B = LlamaConfig.from({
  hiddenSize: 4096,
  intermediateSize: 11008,
  numHiddenLayers: 32,
  numAttentionHeads: 32,
  vocabSize: 32000,
  maxPositionEmbeddings: 4096,
});

/** A decoder of untouched float16 weights of that shape, or of such in 4 bits. */
async function decoderOf(config: LlamaConfig, traits: GpuTraits, groupSize?: number): Promise<Decoder> {
  const gpu = Gpu.counting(traits);
  const heads = causalHead(config);
  const checkpoint = new RandomCheckpoint(config, heads, 0);
  const { weights } = await allocateWeights(gpu, checkpoint, config, {
    dtype: "float16",
    heads,
    int4: (module) => {
      const tensor = checkpoint.tensors.get(`${module}.weight`);
      if (!groupSize || !tensor || !/layers.*_proj/.test(module)) return undefined;
      const [rows, columns] = tensor.shape;
      const read = () => Promise.reject(new Error("nothing is read here"));
      return {
        name: module,
        shape: [rows, columns],
        groupSize,
        scaleDtype: "bfloat16",
        zeroKind: "value",
        read,
      };
    },
  });
  const model = new LoadedModel(gpu, config, weights, "float16", 0, 0, [], false, new Map());
  return new Decoder(model, 1, 512);
}

/** Bytes of a step at that length, all of them and those of weights. */
function readAt(decoder: Decoder, reach: number): { bytes: number; weights: number } {
  const costs = decoder.plans(reach).step.map((plan) => plan.cost());
  return {
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
    weights: costs.reduce((sum, { weightBytes }) => sum + weightBytes, 0),
  };
}

const HARDWARE: GpuTraits = { subgroupSize: 32, timestamps: false, software: false };
const layerParameters = 4 * 4096 * 4096 + 3 * 4096 * 11008;

for (const traits of [HARDWARE, { ...HARDWARE, subgroupSize: 8, software: true }]) {
  const where = traits.software ? "a software driver" : "a GPU";
  Deno.test(`bytes a token: 7B on ${where} reads each weight once, and little else`, async () => {
    const decoder = await decoderOf(SEVEN_B, traits);
    const { bytes, weights } = readAt(decoder, 129);
    // Each linear map, the head, and a row of the embedding.
    assertEquals(weights, 2 * (32 * layerParameters + 32000 * 4096 + 4096));
    assertLess(bytes / weights, 1.03);
    // A position more is a key and a value of each layer in float32.
    assertEquals(readAt(decoder, 130).bytes - bytes, 32 * 2 * 4096 * 4);
    assertLess(decoder.dispatches(1, 129), 7 * 32 + 6);
  });

  Deno.test(`bytes a token: 7B in 4 bits on ${where} reads 4 and a quarter`, async () => {
    const { bytes, weights } = readAt(await decoderOf(SEVEN_B, traits, 128), 1);
    const least = 32 * layerParameters * (4 + 32 / 128) / 8 + 2 * (32000 * 4096 + 4096);
    assertAlmostEquals(weights / MEGA, least / MEGA, 0.01 * least / MEGA);
    assertLess(bytes / least, 1.03);
  });
}
