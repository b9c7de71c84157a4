import { DataError } from "../../base/errors.ts";
import { Tensor } from "../../gpu/tensor.ts";
import { attentionMask } from "./attention_mask.ts";
import type { Cache } from "../cache/cache_base.ts";
import { storageOf } from "../cache/cache_base.ts";
import { DynamicCache } from "../cache/dynamic_cache.ts";
import { forward, type ForwardResult } from "./forward.ts";
import { type Batch, type ForwardInputs, readBatch } from "./inputs.ts";
import type { LoadedModel } from "../weights/load.ts";

/** Results that a class requests from the base model. */
export interface Wanted {
  /** Name of the head to apply. */
  readonly head?: string;
  /** Tokens of every sequence that the head is applied to; default: all. */
  readonly keep?: (batch: Batch) => readonly number[] | readonly (readonly number[])[];
  /** True to return the last hidden state. */
  readonly last?: boolean;
}

/** Results of a run: the raw head results, and the outputs common to all classes. */
export interface RunResult {
  readonly batch: Batch;
  /** [batch · kept tokens, rows of the head] */
  readonly head: Float32Array;
  readonly lastHiddenState?: Tensor;
  readonly pastKeyValues?: Cache;
  readonly hiddenStates?: Tensor[];
  readonly attentions?: Tensor[];
}

/**
 * Runs a batch through the model: reads the inputs, creates the mask and the cache, and shapes the results.
 * @throws DataError naming the input
 */
export async function runModel(
  model: LoadedModel,
  inputs: ForwardInputs,
  wanted: Wanted,
): Promise<RunResult> {
  const { config } = model;
  const past = inputs.pastKeyValues && storageOf(inputs.pastKeyValues);
  const batch = await readBatch(config, inputs, past?.length ?? 0);
  const { tokens, cachePosition } = batch;
  const needed = Math.max(...cachePosition) + 1;
  const inOrder = cachePosition.every((place, i) => place === (past?.length ?? 0) + i);
  if (past?.limit === undefined && !inOrder) {
    throw new DataError(
      `cachePosition: only a StaticCache can be written anywhere; expected ${past?.length ?? 0} and so on`,
    );
  }
  const wantsCache = inputs.useCache ?? config.useCache;
  const cache = inputs.pastKeyValues ?? new DynamicCache();
  const storage = storageOf(cache);
  const kv = storage.reserve(model, batch.batch, needed);
  try {
    const keyCount = storage.limit ?? needed;
    const isPacked = batch.ownPositions && !wantsCache && inputs.pastKeyValues === undefined;
    const mask = await attentionMask(inputs.attentionMask, batch, keyCount, needed, isPacked);
    const kept = wanted.keep?.(batch);
    const keepOf = (sequence: number) =>
      (Array.isArray(kept?.[0]) ? kept[sequence] : kept) as readonly number[];
    const result = await forward(model, {
      rows: batch.positions.flatMap((positions, slot) =>
        positions.map((position, i) => ({
          token: batch.ids?.[slot][i] ?? 0,
          slot,
          cachePosition: cachePosition[i],
          position,
        }))
      ),
      embeddings: batch.embeddings,
      mask,
      looksAhead: inputs.attentionMask instanceof Tensor && inputs.attentionMask.shape.length === 4,
      keyCount,
      kv,
      head: wanted.head,
      keep: kept &&
        batch.positions.flatMap((_, sequence) => keepOf(sequence).map((token) => sequence * tokens + token)),
      outputHiddenStates: inputs.outputHiddenStates ?? config.outputHiddenStates,
      outputAttentions: inputs.outputAttentions ?? config.outputAttentions,
      outputLast: wanted.last,
    });
    storage.length = Math.max(storage.length, needed);
    const keepsCache = wantsCache || inputs.pastKeyValues !== undefined;
    if (!keepsCache) cache.dispose();
    return { ...shape(model, batch, keyCount, result, wanted), ...(keepsCache && { pastKeyValues: cache }) };
  } catch (error) {
    if (!inputs.pastKeyValues) cache.dispose();
    throw error;
  }
}

function shape(
  { config }: LoadedModel,
  batch: Batch,
  keyCount: number,
  result: ForwardResult,
  wanted: Wanted,
): RunResult {
  const states = [batch.batch, batch.tokens, config.hiddenSize];
  const { last, hiddenStates, attentions } = result;
  return {
    batch,
    head: result.head ?? new Float32Array(0),
    ...(wanted.last && { lastHiddenState: Tensor.from(last!, states) }),
    ...(hiddenStates && { hiddenStates: hiddenStates.map((one) => Tensor.from(one, states)) }),
    ...(attentions && {
      attentions: attentions.map((one) =>
        Tensor.from(headsFirst(one, batch, config.numAttentionHeads, keyCount), [
          batch.batch,
          config.numAttentionHeads,
          batch.tokens,
          keyCount,
        ])
      ),
    }),
  };
}

/** [batch, tokens, heads, width] to [batch, heads, tokens, width]. */
function headsFirst(
  rows: Float32Array,
  { batch, tokens }: Batch,
  heads: number,
  width: number,
): Float32Array {
  const result = new Float32Array(rows.length);
  for (let sequence = 0; sequence < batch; sequence++) {
    for (let token = 0; token < tokens; token++) {
      for (let head = 0; head < heads; head++) {
        const from = ((sequence * tokens + token) * heads + head) * width;
        result.set(rows.subarray(from, from + width), ((sequence * heads + head) * tokens + token) * width);
      }
    }
  }
  return result;
}
