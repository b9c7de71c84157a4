import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";
import { Tensor } from "../../gpu/tensor.ts";
import type { Cache } from "../cache/cache_base.ts";
import { checkTokens } from "./forward.ts";

/** Numbers by sequence and token: nested arrays, one row per sequence, or a tensor [batch, tokens]. */
export type TokenMatrix = readonly (readonly number[])[] | Tensor;

/** Inputs of every `forward`; transformers' names in camelCase. */
export interface ForwardInputs {
  /** Token ids, [batch, tokens]; either these or {@linkcode ForwardInputs.inputsEmbeds}. */
  readonly inputIds?: TokenMatrix;
  /** Embeddings instead of ids, [batch, tokens, hidden size]. */
  readonly inputsEmbeds?: Tensor;
  /**
   * 0 for masked tokens, [batch, past + tokens]; or floats added to the scores in place of the causal mask, a
   * tensor [batch or 1, 1, tokens, past + tokens].
   */
  readonly attentionMask?: TokenMatrix;
  /**
   * Positions for the rotary embedding, [batch or 1, tokens]; default: {@linkcode
   * ForwardInputs.cachePosition}.
   */
  readonly positionIds?: TokenMatrix;
  /** Earlier keys and values; this call's are appended. */
  readonly pastKeyValues?: Cache;
  /** Cache positions of the tokens, [tokens]; default: after those already in the cache. */
  readonly cachePosition?: readonly number[] | Tensor;
  /** Returns a new cache if none is given; default: the config's `use_cache`. */
  readonly useCache?: boolean;
  /** Returns the hidden states of every layer; default: the config's. */
  readonly outputHiddenStates?: boolean;
  /** Returns the attention weights of every layer; default: the config's. */
  readonly outputAttentions?: boolean;
}

/** The inputs of a forward, checked and complete. */
export interface Batch {
  readonly batch: number;
  readonly tokens: number;
  /** [batch][tokens]; undefined with embeddings. */
  readonly ids?: readonly (readonly number[])[];
  /** [batch · tokens, hidden size] */
  readonly embeddings?: Float32Array;
  /** [tokens] */
  readonly cachePosition: readonly number[];
  /** [batch][tokens] */
  readonly positions: readonly (readonly number[])[];
  /** True if the caller gave the positions. */
  readonly ownPositions: boolean;
}

/** @throws DataError naming the input */
export async function readBatch(
  config: LlamaConfig,
  inputs: ForwardInputs,
  past: number,
): Promise<Batch> {
  const { inputIds, inputsEmbeds } = inputs;
  if ((inputIds === undefined) === (inputsEmbeds === undefined)) {
    throw new DataError("forward: expected exactly one of inputIds and inputsEmbeds");
  }
  let ids: number[][] | undefined;
  let embeddings: Float32Array | undefined;
  let batch: number;
  let tokens: number;
  if (inputIds !== undefined) {
    ids = await readRows(inputIds, "inputIds");
    for (const row of ids) checkTokens(row, config.vocabSize);
    [batch, tokens] = [ids.length, ids[0].length];
  } else {
    const { shape } = inputsEmbeds!;
    if (shape.length !== 3 || shape[2] !== config.hiddenSize || shape[0] < 1 || shape[1] < 1) {
      throw new DataError(
        `inputsEmbeds: expected shape [batch, tokens, ${config.hiddenSize}], got [${shape}]`,
      );
    }
    embeddings = await inputsEmbeds!.data();
    [batch, tokens] = shape;
  }
  const cachePosition = inputs.cachePosition === undefined
    ? Array.from({ length: tokens }, (_, i) => past + i)
    : await readCachePosition(inputs.cachePosition, tokens);
  const given = inputs.positionIds && await readRows(inputs.positionIds, "positionIds");
  if (given && ((given.length !== batch && given.length !== 1) || given[0].length !== tokens)) {
    throw new DataError(
      `positionIds: expected shape [${batch}, ${tokens}], got [${given.length}, ${given[0].length}]`,
    );
  }
  const positions = Array.from(
    { length: batch },
    (_, i) => given ? given[given.length > 1 ? i : 0] : cachePosition,
  );
  return { batch, tokens, ids, embeddings, cachePosition, positions, ownPositions: given !== undefined };
}

/**
 * Rows of integers, all of one length.
 * @throws DataError naming the input
 */
export async function readRows(value: TokenMatrix, name: string): Promise<number[][]> {
  let rows: number[][];
  if (value instanceof Tensor) {
    const { shape } = value;
    if (shape.length !== 2) throw new DataError(`${name}: expected 2 dimensions, got shape [${shape}]`);
    const data = await value.data();
    rows = Array.from({ length: shape[0] }, (_, i) => [...data.subarray(i * shape[1], (i + 1) * shape[1])]);
  } else {
    if (!Array.isArray(value) || !value.every((row) => Array.isArray(row))) {
      throw new DataError(`${name}: expected rows of numbers, as in [[1, 2, 3]]`);
    }
    rows = value.map((row) => [...row]);
  }
  if (rows.length === 0 || rows[0].length === 0) throw new DataError(`${name}: empty`);
  rows.forEach((row, i) => {
    if (row.length !== rows[0].length) {
      throw new DataError(`${name}: row ${i} has ${row.length} numbers, row 0 ${rows[0].length}`);
    }
    const wrong = row.find((one) => !Number.isInteger(one));
    if (wrong !== undefined) {
      throw new DataError(`${name}: row ${i}: expected whole numbers, got ${kindOf(wrong)}`);
    }
  });
  return rows;
}

/**
 * Rows of integers, one for each token of a batch.
 * @throws DataError naming the input
 */
export async function readLike(value: TokenMatrix, name: string, batch: Batch): Promise<number[][]> {
  const rows = await readRows(value, name);
  if (rows.length !== batch.batch || rows[0].length !== batch.tokens) {
    throw new DataError(
      `${name}: expected shape [${batch.batch}, ${batch.tokens}], got [${rows.length}, ${rows[0].length}]`,
    );
  }
  return rows;
}

async function readCachePosition(value: readonly number[] | Tensor, tokens: number): Promise<number[]> {
  const places = [...(value instanceof Tensor ? await value.data() : value)];
  if (places.length !== tokens || !places.every((place) => Number.isInteger(place) && place >= 0)) {
    throw new DataError(`cachePosition: expected ${tokens} whole numbers from 0 on, got [${places}]`);
  }
  return places;
}
