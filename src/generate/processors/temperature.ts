import type { LogitsProcessor } from "./types.ts";

/** Divides every score. */
export function temperature(value: number): LogitsProcessor {
  const divisor = Math.fround(value);
  return (_, scores) => {
    for (const [id, score] of scores.entries()) scores[id] = score / divisor;
  };
}
