/** Models and decoders of a shape, without its weights. */
import { LlamaConfig } from "../../src/checkpoint/config/config.ts";
import type { Int4Source } from "../../src/checkpoint/int4/int4_source.ts";
import type { Checkpoint } from "../../src/checkpoint/tensors/types.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import type { StorageDtype } from "../../src/gpu/matrix.ts";
import type { KvDtype } from "../../src/ops/kv_layer.ts";
import { LoadedModel } from "../../src/model/weights/load.ts";
import { RandomCheckpoint } from "../../src/model/weights/random_checkpoint.ts";
import { allocateWeights, causalHead, type HeadSpec } from "../../src/model/weights/weights.ts";
import { Decoder } from "../../src/generate/decode/decoder.ts";

/** Llama 2's 7B. */
export const SEVEN_B: LlamaConfig = LlamaConfig.from({
  hiddenSize: 4096,
  intermediateSize: 11008,
  numHiddenLayers: 32,
  numAttentionHeads: 32,
  vocabSize: 32000,
  maxPositionEmbeddings: 4096,
});

/** Storage of rows in 4 bits; `true` if groups interleave columns, as an activation order may require. */
export type Int4Kind = Pick<Int4Source, "groupSize" | "scaleDtype" | "zeroKind"> & {
  readonly ordered?: boolean;
};

/** A model with zero weights: in a float type, optionally with its layers' linear maps in 4 bits. */
export async function modelOf(
  gpu: Gpu,
  config: LlamaConfig,
  { dtype, int4, heads = causalHead(config), kvDtype }: {
    readonly dtype: StorageDtype;
    readonly int4?: Int4Kind;
    readonly heads?: readonly HeadSpec[];
    readonly kvDtype?: KvDtype;
  },
): Promise<LoadedModel> {
  const { tensors } = new RandomCheckpoint(config, heads, 0);
  const outline: Checkpoint = { files: [], tensors, read: unread, close() {} };
  const { weights } = await allocateWeights(gpu, outline, config, {
    dtype,
    heads,
    int4: (module) => int4 && module.includes("_proj") ? sourceOf(module, tensors, int4) : undefined,
  });
  return LoadedModel.bare(gpu, config, weights, kvDtype);
}

/**
 * A decoder for a model with zero weights and one sequence of at most 2,048 positions: in float16, or in 4 bits
 * if `groupSize` is given.
 */
export async function decoderOf(gpu: Gpu, config: LlamaConfig, groupSize?: number): Promise<Decoder> {
  const int4: Int4Kind | undefined = groupSize
    ? { groupSize, scaleDtype: "bfloat16", zeroKind: "value" }
    : undefined;
  const model = await modelOf(gpu, config, { dtype: "float16", int4 });
  return new Decoder(model, 1, Math.min(2048, config.maxPositionEmbeddings));
}

function sourceOf(
  module: string,
  tensors: Checkpoint["tensors"],
  { ordered, ...kind }: Int4Kind,
): Int4Source {
  const [rows, columns] = tensors.get(`${module}.weight`)!.shape;
  return {
    ...kind,
    name: module,
    shape: [rows, columns],
    columnGroups: ordered
      ? Uint32Array.from({ length: columns }, (_, i) => i % (columns / kind.groupSize))
      : undefined,
    read: unread,
  };
}

function unread(): Promise<never> {
  return Promise.reject(new Error("a shape has no numbers"));
}

/**
 * Minimum bytes that a decoding step reads if its sequence holds `reach` positions: in total, and for
 * weights.
 */
export function readAt(decoder: Decoder, reach: number): { bytes: number; weights: number } {
  const costs = decoder.plans(reach).step.map((plan) => plan.cost());
  return {
    bytes: costs.reduce((sum, { bytes }) => sum + bytes, 0),
    weights: costs.reduce((sum, { weightBytes }) => sum + weightBytes, 0),
  };
}
