import { softmax } from "./softmax.ts";

/** What shapes the distribution; a field left out is off. */
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
 * @param previous every id so far, the prompt's too
 * @returns [vocabulary], sums to 1; 0 for a token that was removed
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

/** Divides a positive score of a seen token by the penalty, multiplies a negative one; once, however often seen. */
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

/** Keeps the k largest scores, and all that equal the k-th. */
export function keepTopK(scores: Float64Array, k: number): Float64Array {
  const threshold = scores.toSorted().at(-Math.min(k, scores.length))!;
  return scores.map((score) => score < threshold ? -Infinity : score);
}

/**
 * Keeps the fewest most likely tokens that reach probability p together: from the least likely up, tokens go while
 * their sum stays within 1 - p. Among equals the lower id goes first. The most likely token always stays.
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

/** Keeps tokens that are at least p times as likely as the most likely one. */
export function keepMinP(scores: Float64Array, p: number): Float64Array {
  const probabilities = softmax(scores, 1, scores.length);
  const threshold = p * probabilities.reduce((a, b) => Math.max(a, b));
  return scores.map((score, id) => probabilities[id] < threshold ? -Infinity : score);
}

/**
 * The token that a uniform number picks: the first whose running sum of probabilities, in the order of ids, exceeds
 * u; where rounding leaves the sum at or below u, the last token that is possible at all.
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
