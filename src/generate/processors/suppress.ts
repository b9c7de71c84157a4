import type { LogitsProcessor } from "./types.ts";

/** Removes ids. */
export function suppress(tokens: readonly number[]): LogitsProcessor {
  return (_, scores) => {
    for (const id of tokens) scores[id] = -Infinity;
  };
}

/**
 * Removes ids for the first new token.
 * @param afterForced after a prompt of a single token, whose next token is forced: applies to the second new
 * token
 */
export function beginSuppress(tokens: readonly number[], afterForced: boolean): LogitsProcessor {
  return (ids, scores, { promptLength }) => {
    const begin = afterForced && promptLength <= 1 ? promptLength + 1 : promptLength;
    if (ids.length === begin) { for (const id of tokens) scores[id] = -Infinity; }
  };
}
