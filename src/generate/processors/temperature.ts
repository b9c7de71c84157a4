import type { LogitsProcessor } from "./types.ts";

/** Divides every score. */
export function temperature(value: number): LogitsProcessor {
  const divisor = Math.fround(value);
  return (_, scores) => {
    for (let id = 0; id < scores.length; id++) scores[id] /= divisor;
  };
}
