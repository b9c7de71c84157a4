import { DataError } from "../../base/errors.ts";
import type { GenerationRequest } from "../options/types.ts";
import { ContextLengthError } from "./refusals.ts";
import type { Inbox } from "./inbox.ts";
import type { NumberedRequest } from "./method.ts";

/**
 * Cache capacity is rounded up to this multiple, so a slightly longer request rarely forces a reallocation.
 */
const CAPACITY_STEP = 256;
/** Number of later requests that may start before one that does not fit yet. */
const MOST_OVERTAKINGS = 16;

/**
 * Number of new tokens that a request may generate in a context of `maxLength` positions.
 * @throws DataError if the prompt is empty or leaves no room for an answer
 */
export function newTokensWithin(
  maxLength: number,
  { ids, options: { maxNewTokens } }: GenerationRequest,
): number {
  if (ids.length === 0) throw new DataError("the prompt has no tokens");
  if (maxNewTokens > 0 && ids.length >= maxLength) {
    throw new ContextLengthError(ids.length, maxLength);
  }
  return Math.min(maxNewTokens, maxLength - ids.length);
}

/** Number of cache positions that a request may fill. @throws as {@link newTokensWithin} does */
export function positionsWithin(maxLength: number, request: GenerationRequest): number {
  const newTokens = newTokensWithin(maxLength, request);
  // The last token is never fed back.
  return Math.min(request.ids.length + Math.max(newTokens, 1) - 1, maxLength);
}

/** Cache capacity for `positions` positions. */
export function capacityFor(positions: number, maxLength: number): number {
  return Math.max(1, Math.min(Math.ceil(positions / CAPACITY_STEP) * CAPACITY_STEP, maxLength));
}

/**
 * Who is next: first come, first served. A request that does not fit yet lets others pass, but only so many; then they
 * wait for it.
 */
export class Admission {
  /** Number of requests that have overtaken the one that waits longest. */
  #overtakings = 0;

  constructor(readonly maxLength: number) {}

  /** Takes the next request that needs at most `capacity` positions, if it may start. @throws DataError */
  next(inbox: Inbox<NumberedRequest>, capacity: number): NumberedRequest | undefined {
    const { front } = inbox;
    const next = inbox.takeFirst((one) =>
      positionsWithin(this.maxLength, one.request) <= capacity &&
      (one === front || this.#overtakings < MOST_OVERTAKINGS)
    );
    if (next) this.#overtakings = next === front ? 0 : this.#overtakings + 1;
    return next;
  }
}
