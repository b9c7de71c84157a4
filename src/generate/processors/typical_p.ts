import { logSumExp } from "../numbers/logprobs.ts";
import { entropyOf, probabilities, remaining } from "./probabilities.ts";
import type { LogitsProcessor } from "./types.ts";

/**
 * Keeps the ids whose surprise, -log p, is nearest to the expected one, until their probabilities sum to
 * `mass`; ties with the last of them stay too.
 */
export function typicalP(mass: number, keep: number): LogitsProcessor {
  const goal = Math.fround(mass);
  return (_, scores) => {
    const shares = probabilities(scores);
    const expected = entropyOf(scores);
    const total = logSumExp(scores);
    const distance = scores.map((score) => Math.abs(total - score - expected));
    const nearest = remaining(scores).sort((a, b) => distance[a] - distance[b] || a - b);
    let [sum, last] = [0, 0];
    for (; last < nearest.length - 1; last++) {
      sum += shares[nearest[last]];
      if (!(Math.fround(sum) < goal)) break;
    }
    const farthest = distance[nearest[last]];
    for (const id of nearest.slice(keep)) if (distance[id] > farthest) scores[id] = -Infinity;
  };
}
