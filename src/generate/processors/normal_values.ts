import { logSumExp } from "../numbers/logprobs.ts";
import type { LogitsProcessor } from "./types.ts";

const LARGEST = 3.4028234663852886e38;

/** Makes every score finite: NaN becomes 0, an infinity the largest float32 of its sign. */
export function removeInvalid(): LogitsProcessor {
  return (_, scores) => {
    for (let id = 0; id < scores.length; id++) {
      scores[id] = Number.isNaN(scores[id]) ? 0 : Math.max(-LARGEST, Math.min(LARGEST, scores[id]));
    }
  };
}

/** Converts scores to log-probabilities. */
export function renormalize(): LogitsProcessor {
  return (_, scores) => {
    const total = logSumExp(scores);
    for (let id = 0; id < scores.length; id++) scores[id] -= total;
  };
}
