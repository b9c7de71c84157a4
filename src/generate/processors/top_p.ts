import { probabilities, remaining } from "./probabilities.ts";
import type { LogitsProcessor } from "./types.ts";

/**
 * Keeps the fewest likeliest ids that reach probability p together: from the least likely up, ids go while their sum
 * stays within 1 - p. Among equals the lower id goes first; the `keep` likeliest always stay.
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
