import { probabilities, remaining } from "./probabilities.ts";
import type { LogitsProcessor } from "./types.ts";

/**
 * Keeps the smallest set of most probable ids whose probabilities sum to p: removes ids from the least
 * probable up while their sum is at most 1 - p. Among ties the lower id is removed first; the `keep` most
 * probable always stay.
 */
export function topP(p: number, keep: number): LogitsProcessor {
  const spare = Math.fround(1 - p);
  return (_, scores) => {
    const shares = probabilities(scores);
    const ascending = remaining(scores).sort((a, b) => scores[a] - scores[b] || a - b);
    let sum = 0;
    for (const id of ascending.slice(0, -keep)) {
      sum += shares[id];
      if (Math.fround(sum) > spare) return;
      scores[id] = -Infinity;
    }
  };
}
