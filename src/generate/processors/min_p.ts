import { probabilities, remaining } from "./probabilities.ts";
import type { LogitsProcessor } from "./types.ts";

/** Keeps ids at least p times as probable as the most probable one; the `keep` most probable always stay. */
export function minP(p: number, keep: number): LogitsProcessor {
  return (_, scores) => {
    const shares = probabilities(scores);
    const least = Math.fround(Math.fround(p) * shares.reduce((a, b) => Math.max(a, b)));
    const unlikely = remaining(scores).filter((id) => shares[id] < least);
    const kept = keep - (remaining(scores).length - unlikely.length);
    if (kept > 0) unlikely.sort((a, b) => scores[b] - scores[a] || a - b).splice(0, kept);
    for (const id of unlikely) scores[id] = -Infinity;
  };
}
