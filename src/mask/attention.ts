import type { LlamaConfig } from "../checkpoint/config/config.ts";
import { DataError, UsageError } from "../base/errors.ts";
import type { LlamaModel } from "../model/classes/llama_model.ts";

/** Selects attention weights: one head's, or the mean of a layer's heads. */
export interface AttentionChoice {
  /** Layer index, from 0. */
  readonly layer: number;
  /** Head index, from 0; if absent, the mean over all heads. */
  readonly head?: number;
}

/** Maximum size of the weights of all layers and heads, which a forward returns together, in bytes. */
const MOST_BYTES = 2 ** 31;

/** @throws UsageError if the model has no such layer or head */
export function checkChoice(
  { layer, head }: AttentionChoice,
  config: Pick<LlamaConfig, "numHiddenLayers" | "numAttentionHeads">,
): void {
  const check = (name: string, value: number, count: number) => {
    if (!Number.isInteger(value) || value < 0 || value >= count) {
      throw new UsageError(`attention: expected a ${name} from 0 to ${count - 1}, got ${value}`);
    }
  };
  check("layer", layer, config.numHiddenLayers);
  if (head !== undefined) check("head", head, config.numAttentionHeads);
}

/** Describes the weights, for a heading. */
export function describeChoice(
  { layer, head }: AttentionChoice,
  { numAttentionHeads }: Pick<LlamaConfig, "numAttentionHeads">,
): string {
  return `layer ${layer}, ${head === undefined ? `mean of ${numAttentionHeads} heads` : `head ${head}`}`;
}

/**
 * The attention weights between a model's tokens.
 * @returns [tokens, tokens]: row i holds the weights of token i, which sum to 1
 * @throws UsageError for a missing layer or head; DataError for too many tokens
 */
export async function attentionWeights(
  model: LlamaModel,
  ids: readonly number[],
  choice: AttentionChoice,
): Promise<Float32Array> {
  const { config } = model;
  checkChoice(choice, config);
  const [heads, size] = [config.numAttentionHeads, ids.length ** 2];
  const bytes = config.numHiddenLayers * heads * size * 4;
  if (bytes > MOST_BYTES) {
    throw new DataError(
      `the attention weights of ${ids.length} tokens take ${bytes} bytes, expected at most ${MOST_BYTES}`,
    );
  }
  const { attentions } = await model.forward({
    inputIds: [[...ids]],
    useCache: false,
    outputAttentions: true,
  });
  const all = await attentions![choice.layer].data();
  if (choice.head !== undefined) return all.slice(choice.head * size, (choice.head + 1) * size);
  const mean = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let head = 0; head < heads; head++) sum += all[head * size + i];
    mean[i] = sum / heads;
  }
  return mean;
}
