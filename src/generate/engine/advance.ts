import { DataError } from "../../base/errors.ts";
import { describeLogprobs } from "../numbers/logprobs.ts";
import type { GenerationEvent } from "../options/types.ts";
import type { Active } from "./active.ts";

/** Results of the device for one sequence. */
export interface Results {
  /** The token of a step. */
  readonly tokenAt: (step: number) => number;
  /** The last step's logits, if the sequence reads them. */
  readonly logits: Float32Array | undefined;
  /** Replaces the last token on the device. */
  readonly setToken: (token: number) => void;
}

/**
 * Appends the new tokens of a sequence; drops those after its end, and those chosen with a mask that no longer held:
 * `submitted` is then the number of tokens that count.
 * @param limit number of tokens at which it ends
 */
export function advance(one: Active, limit: number, { tokenAt, logits, setToken }: Results): GenerationEvent {
  const { host, held, request: { options, tellsErrors } } = one;
  const tokens: number[] = [];
  let finishReason: GenerationEvent["finishReason"];
  let error: DataError | undefined;
  try {
    for (let step = one.tokens.length; step < one.submitted && !finishReason; step++) {
      const token = host ? host.next(logits!, held?.masked(logits!, one.mayEnd)) : tokenAt(step);
      if (host) setToken(token);
      tokens.push(token);
      finishReason = one.take(token, limit);
      if (held && !held.take(token, one.mayEnd)) one.submitted = one.tokens.length;
      if (held?.isWhole) finishReason ??= "stop";
    }
  } catch (caught) {
    if (!(caught instanceof DataError) || !tellsErrors) throw caught;
    error = caught;
    finishReason = "stop";
  }
  if (one.isLate) finishReason ??= "length";
  return {
    index: one.index,
    tokens,
    ...(options.logprobs !== undefined && {
      logprobs: tokens.map((token) => describeLogprobs(logits!, token, options.logprobs!)),
    }),
    ...(error && { error }),
    ...(finishReason && { ...lastEvent(one), finishReason }),
  };
}

/** The fields of every last event. */
export function lastEvent(
  { index, from = 0, timings }: Active,
): Pick<GenerationEvent, "index" | "reused" | "timings"> {
  return { index, reused: from, timings };
}

/** The only event of a request that never had a slot. */
export function emptyEvent(
  index: number,
  finishReason: "stop" | "length",
): GenerationEvent {
  return { index, tokens: [], finishReason, timings: { promptMs: 0, generateMs: 0 } };
}
