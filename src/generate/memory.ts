import type { LlamaConfig } from "../checkpoint/config.ts";
import { UPLOAD_CHUNK_BYTES } from "../gpu/gpu.ts";
import { padTo8 } from "../gpu/matrix.ts";
import { partialBytes, SPLIT_KEYS } from "../ops/attention.ts";
import { headStride } from "../ops/linear.ts";
import { headShape } from "../model/workspace.ts";

/** Bytes beside the weights. */
export interface MemoryPlan {
  /** Everything that the forward writes on its way, prompts and decoding together. */
  readonly activations: number;
  /** Pieces of the weights on their way to the device. */
  readonly staging: number;
  /** Keys and values of one position of one sequence. */
  readonly cachePerToken: number;
}

/** What generating takes for `batchSize` sequences of at most `maxLength` positions. */
export function memoryPlan(
  config: LlamaConfig,
  { maxLength = config.maxPositionEmbeddings, batchSize = 1, promptRows = 512 } = {},
): MemoryPlan {
  const shape = headShape(config);
  const heads = shape.heads * headStride(shape.headDim);
  const row = 4 * (padTo8(config.hiddenSize) + heads + padTo8(shape.heads * shape.headDim) +
    padTo8(config.intermediateSize));
  const partial = partialBytes(shape, batchSize, Math.ceil(maxLength / SPLIT_KEYS));
  const perSequence = 4 * (padTo8(config.vocabSize) + padTo8(config.hiddenSize));
  const rotations = 2 * maxLength * config.headDim * 4;
  return {
    activations: row * (promptRows + batchSize) + partial + perSequence * batchSize + rotations,
    staging: 2 * UPLOAD_CHUNK_BYTES,
    cachePerToken: 2 * 4 * config.numHiddenLayers * shape.kvHeads * headStride(shape.headDim),
  };
}
