/** Decoders of a model's shape, without its numbers. */
import { LlamaConfig } from "../checkpoint/config.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { LoadedModel } from "../model/load.ts";
import { RandomCheckpoint } from "../model/random_checkpoint.ts";
import { allocateWeights, causalHead } from "../model/weights.ts";
import { Decoder } from "./decoder.ts";

/** Llama 2's 7B. */
export const SEVEN_B: LlamaConfig = LlamaConfig.from({
  hiddenSize: 4096,
  intermediateSize: 11008,
  numHiddenLayers: 32,
  numAttentionHeads: 32,
  vocabSize: 32000,
  maxPositionEmbeddings: 4096,
});

/**
 * A decoder for one sequence of 2,048 positions at most, whose weights are zero: in float16, or its layers' linear maps
 * in 4 bits where a group size is given.
 */
export async function decoderOf(gpu: Gpu, config: LlamaConfig, groupSize?: number): Promise<Decoder> {
  const heads = causalHead(config);
  const checkpoint = new RandomCheckpoint(config, heads, 0);
  const read = () => Promise.reject(new Error("a shape has no numbers"));
  const { weights } = await allocateWeights(gpu, checkpoint, config, {
    dtype: "float16",
    heads,
    int4: (module) => {
      const tensor = checkpoint.tensors.get(`${module}.weight`);
      if (!groupSize || !tensor || !/layers.*_proj/.test(module)) return undefined;
      const [rows, columns] = tensor.shape;
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
  return new Decoder(model, 1, Math.min(2048, config.maxPositionEmbeddings));
}

/** Bytes that a decoding step reads at least where its sequence holds `reach` positions: all, and those of weights. */
export function readAt(decoder: Decoder, reach: number): { bytes: number; weights: number } {
  const costs = decoder.plans(reach).step.map((plan) => plan.cost());
  return {
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
    weights: costs.reduce((sum, { weightBytes }) => sum + weightBytes, 0),
  };
}
