import { DataError } from "../../base/errors.ts";
import type { GenerationRequest } from "../options/types.ts";

/** Cache capacity is rounded up to this multiple, so that a slightly longer request rarely forces a new cache. */
const CAPACITY_STEP = 256;

/**
 * New tokens that a request may get in a context of `maxLength` positions.
 * @throws DataError where the prompt is empty or leaves no room for an answer
 */
export function newTokensWithin(
  maxLength: number,
  { ids, options: { maxNewTokens } }: GenerationRequest,
): number {
  if (ids.length === 0) throw new DataError("the prompt has no tokens");
  if (maxNewTokens > 0 && ids.length >= maxLength) {
    throw new DataError(
      `the prompt has ${ids.length} tokens, the context ${maxLength}: no room for an answer`,
    );
  }
  return Math.min(maxNewTokens, maxLength - ids.length);
}

/** Positions of the cache that a request may fill. @throws as {@link newTokensWithin} does */
export function positionsWithin(maxLength: number, request: GenerationRequest): number {
  const newTokens = newTokensWithin(maxLength, request);
  // The last token is never fed back.
  return Math.min(request.ids.length + Math.max(newTokens, 1) - 1, maxLength);
}

/** Capacity of a cache that has room for so many positions. */
export function capacityFor(positions: number, maxLength: number): number {
  return Math.max(1, Math.min(Math.ceil(positions / CAPACITY_STEP) * CAPACITY_STEP, maxLength));
}
