import type { LogitsProcessor } from "./types.ts";

/** Removes end tokens until there are that many ids, the prompt's included. */
export function minLength(length: number, eosTokenIds: readonly number[]): LogitsProcessor {
  return (ids, scores) => {
    if (ids.length < length) { for (const id of eosTokenIds) scores[id] = -Infinity; }
  };
}

/** Removes end tokens until there are that many new ids. */
export function minNewTokens(count: number, eosTokenIds: readonly number[]): LogitsProcessor {
  return (ids, scores, { promptLength }) => {
    if (ids.length - promptLength < count) { for (const id of eosTokenIds) scores[id] = -Infinity; }
  };
}

/** Allows only `token` after a prompt of a single id. */
export function forcedBos(token: number): LogitsProcessor {
  return (ids, scores) => {
    if (ids.length === 1) force([token], scores);
  };
}

/** Allows only end tokens if there is room for only one more id. */
export function forcedEos(tokens: readonly number[], maxNewTokens: number): LogitsProcessor {
  return (ids, scores, { promptLength }) => {
    if (ids.length - promptLength === maxNewTokens - 1) force(tokens, scores);
  };
}

/**
 * Raises scores of end tokens by |score| · (factor^n - 1), n new ids after the start. Removed tokens stay
 * removed.
 */
export function exponentialDecay(
  start: number,
  factor: number,
  eosTokenIds: readonly number[],
): LogitsProcessor {
  return (ids, scores, { promptLength }) => {
    const over = ids.length - promptLength - start;
    if (over <= 0) return;
    const gain = Math.fround(factor ** over - 1);
    for (const id of new Set(eosTokenIds)) {
      if (scores[id] > -Infinity) scores[id] += Math.fround(Math.abs(scores[id]) * gain);
    }
  };
}

function force(tokens: readonly number[], scores: Float32Array): void {
  scores.fill(-Infinity);
  for (const id of tokens) scores[id] = 0;
}
