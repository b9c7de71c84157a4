import { softmax } from "./softmax.ts";

/** transformers adds this to masked scores: the lowest finite float32. */
export const MASKED: number = -3.4028234663852886e38;

/** Queries of one sequence against its keys. */
export interface AttentionInput {
  /** [queries, heads, headDim] */
  q: Float64Array;
  /** [keys, keyValueHeads, headDim] */
  k: Float64Array;
  /** [keys, keyValueHeads, headDim] */
  v: Float64Array;
  /** Number of query tokens. */
  queries: number;
  /** Number of key tokens; the queries are usually the last of them. */
  keys: number;
  /** Query heads. */
  heads: number;
  /** Divides `heads`; query head h reads key head floor(h · keyValueHeads / heads). */
  keyValueHeads: number;
  /** Numbers per head; even. */
  headDim: number;
  /** [queries, keys], added to the scaled scores; default: {@link causalMask} with the queries at the end. */
  mask?: Float64Array;
}

/**
 * Scaled dot-product attention with grouped keys and values. A fully masked row is the plain mean of all
 * values, as in transformers' eager attention.
 */
export function attention(input: AttentionInput): {
  /** [queries, heads, headDim] */
  output: Float64Array;
  /** [heads, queries, keys] */
  weights: Float64Array;
} {
  const { q, k, v, queries, keys, heads, keyValueHeads, headDim } = input;
  const mask = input.mask ?? causalMask(queries, keys);
  const scores = new Float64Array(heads * queries * keys);
  const keyHead = (head: number) => Math.floor(head * keyValueHeads / heads);

  for (let head = 0; head < heads; head++) {
    for (let query = 0; query < queries; query++) {
      for (let key = 0; key < keys; key++) {
        let dot = 0;
        const qAt = (query * heads + head) * headDim;
        const kAt = (key * keyValueHeads + keyHead(head)) * headDim;
        for (let i = 0; i < headDim; i++) dot += q[qAt + i] * k[kAt + i];
        scores[(head * queries + query) * keys + key] = dot / Math.sqrt(headDim) + mask[query * keys + key];
      }
    }
  }

  const weights = softmax(scores, heads * queries, keys);
  const output = new Float64Array(queries * heads * headDim);
  for (let head = 0; head < heads; head++) {
    for (let query = 0; query < queries; query++) {
      for (let key = 0; key < keys; key++) {
        const weight = weights[(head * queries + query) * keys + key];
        const vAt = (key * keyValueHeads + keyHead(head)) * headDim;
        const at = (query * heads + head) * headDim;
        for (let i = 0; i < headDim; i++) output[at + i] += weight * v[vAt + i];
      }
    }
  }
  return { output, weights };
}

/**
 * 0 for visible keys (not later than the query, and allowed), {@link MASKED} elsewhere.
 * @param queryIndices place of each query among the keys; default: the last ones
 * @param allowed [keys], 0 for padding and holes; default: all
 * @returns [queries, keys]
 */
export function causalMask(
  queries: number,
  keys: number,
  queryIndices: readonly number[] = Array.from({ length: queries }, (_, i) => keys - queries + i),
  allowed?: readonly number[],
): Float64Array {
  const mask = new Float64Array(queries * keys);
  for (let query = 0; query < queries; query++) {
    for (let key = 0; key < keys; key++) {
      const seen = key <= queryIndices[query] && (allowed?.[key] ?? 1) !== 0;
      mask[query * keys + key] = seen ? 0 : MASKED;
    }
  }
  return mask;
}
