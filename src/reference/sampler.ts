import { softmax } from "./softmax.ts";

/** Options that shape the distribution; an omitted field is off. */
export interface SamplerOptions {
  /** > 0; 1 is off. */
  repetitionPenalty?: number;
  /** > 0; 1 is off. */
  temperature?: number;
  /** 0 is off. */
  topK?: number;
  /** (0, 1]; 1 is off. */
  topP?: number;
  /** [0, 1]; 0 is off. */
  minP?: number;
}

/**
 * Probabilities of the next token, after transformers' processors in transformers' order: repetition penalty,
 * temperature, top-k, top-p, min-p.
 * @param logits [vocabulary]
 * @param previous every id so far, the prompt's included
 * @returns [vocabulary], sums to 1; 0 for a removed token
 */
export function sampleDistribution(
  logits: Float64Array,
  options: SamplerOptions = {},
  previous: readonly number[] = [],
): Float64Array {
  const { repetitionPenalty = 1, temperature = 1, topK = 0, topP = 1, minP = 0 } = options;
  let scores: Float64Array = penalizeRepetition(logits, previous, repetitionPenalty);
  scores = scores.map((score) => score / temperature);
  if (topK > 0) scores = keepTopK(scores, topK);
  if (topP < 1) scores = keepTopP(scores, topP);
  if (minP > 0) scores = keepMinP(scores, minP);
  return softmax(scores, 1, scores.length);
}

/**
 * Divides a positive score of a seen token by the penalty, multiplies a negative one; once per token, however
 * often seen.
 */
export function penalizeRepetition(
  scores: Float64Array,
  previous: readonly number[],
  penalty: number,
): Float64Array {
  const result = scores.slice();
  for (const id of new Set(previous)) {
    result[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
  }
  return result;
}

/** Keeps the k largest scores, and all ties with the k-th. */
export function keepTopK(scores: Float64Array, k: number): Float64Array {
  const threshold = scores.toSorted().at(-Math.min(k, scores.length))!;
  return scores.map((score) => score < threshold ? -Infinity : score);
}

/**
 * Keeps the smallest set of most probable tokens whose probabilities sum to p: removes tokens from the least
 * probable up while their sum is at most 1 - p. Among ties the lower id is removed first. The most probable
 * token always stays.
 */
export function keepTopP(scores: Float64Array, p: number): Float64Array {
  const probabilities = softmax(scores, 1, scores.length);
  const ascending = Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b] || a - b);
  const result = scores.slice();
  let sum = 0;
  for (const id of ascending.slice(0, -1)) {
    sum += probabilities[id];
    if (sum <= 1 - p) result[id] = -Infinity;
  }
  return result;
}

/** Keeps tokens at least p times as probable as the most probable one. */
export function keepMinP(scores: Float64Array, p: number): Float64Array {
  const probabilities = softmax(scores, 1, scores.length);
  const threshold = p * probabilities.reduce((a, b) => Math.max(a, b));
  return scores.map((score, id) => probabilities[id] < threshold ? -Infinity : score);
}

/**
 * Samples a token by inverse transform: the first whose cumulative probability, in id order, exceeds u; if
 * rounding leaves the sum at or below u, the last token with nonzero probability.
 * @param u [0, 1)
 */
export function pickToken(probabilities: Float64Array, u: number): number {
  let sum = 0;
  for (const [id, probability] of probabilities.entries()) {
    sum += probability;
    if (u < sum) return id;
  }
  return probabilities.findLastIndex((probability) => probability > 0);
}
