import type { LogitsProcessor } from "./types.ts";

/**
 * Divides a positive score of an id already present by the penalty, multiplies a negative one; once per id,
 * however often it occurs.
 */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  return (ids, scores) => penalize(ids, scores, penalty);
}

/** The inverse, for ids of the prompt. */
export function encoderRepetitionPenalty(penalty: number): LogitsProcessor {
  return (ids, scores, { promptLength }) => penalize(ids.slice(0, promptLength), scores, 1 / penalty);
}

function penalize(ids: readonly number[], scores: Float32Array, penalty: number): void {
  const factor = Math.fround(penalty);
  for (const id of new Set(ids)) {
    scores[id] = scores[id] < 0 ? scores[id] * factor : scores[id] / factor;
  }
}
