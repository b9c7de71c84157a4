import { kthLargest } from "./probabilities.ts";
import type { LogitsProcessor } from "./types.ts";

/** Keeps the k largest scores, and all ties with the k-th. */
export function topK(k: number, keep: number): LogitsProcessor {
  return (_, scores) => {
    const least = kthLargest(scores, Math.max(k, keep));
    for (let id = 0; id < scores.length; id++) if (scores[id] < least) scores[id] = -Infinity;
  };
}
