import { entropyOf, kthLargest, probabilities } from "./probabilities.ts";
import type { LogitsProcessor } from "./types.ts";

/** Keeps ids with a probability of at least `epsilon`; the `keep` most probable always stay. */
export function epsilonCutoff(epsilon: number, keep: number): LogitsProcessor {
  return (_, scores) => cut(scores, epsilon, keep);
}

/** Like `epsilonCutoff`, with a lower cutoff for flat distributions: min(ε, √ε · e^-entropy). */
export function etaCutoff(epsilon: number, keep: number): LogitsProcessor {
  return (_, scores) =>
    cut(scores, Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropyOf(scores))), keep);
}

function cut(scores: Float32Array, least: number, keep: number): void {
  const shares = probabilities(scores);
  const bound = Math.fround(least);
  const best = kthLargest(scores, keep);
  for (let id = 0; id < shares.length; id++) {
    if (shares[id] < bound && scores[id] < best) scores[id] = -Infinity;
  }
}
