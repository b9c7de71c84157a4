import { LEAST_TEMPERATURE } from "../../ops/sample.ts";
import type { LogitsProcessor } from "./types.ts";

/** Divides every score by the temperature. */
export function temperature(value: number): LogitsProcessor {
  const divisor = Math.fround(Math.max(value, LEAST_TEMPERATURE));
  return (_, scores) => {
    for (let id = 0; id < scores.length; id++) scores[id] /= divisor;
  };
}
