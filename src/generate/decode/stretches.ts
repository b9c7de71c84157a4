import type { Row } from "../../model/state/state.ts";

/** A prompt and its slot. */
export interface Prompt {
  readonly slot: number;
  readonly ids: readonly number[];
}

/** Positions [from, end) of a prompt. */
export interface Stretch extends Prompt {
  readonly from: number;
  readonly end: number;
  /** True if the first token is chosen after it. */
  readonly ends: boolean;
}

/** The rows of a chunk, and the last row of each stretch that ends. */
export function rowsOf(
  stretches: readonly Stretch[],
): { rows: Row[]; ends: { slot: number; row: number }[] } {
  const rows: Row[] = [];
  const ends: { slot: number; row: number }[] = [];
  for (const { slot, ids, from, end, ends: isEnd } of stretches) {
    for (let position = from; position < end; position++) {
      rows.push({ token: ids[position], slot, cachePosition: position, position });
    }
    if (isEnd) ends.push({ slot, row: rows.length - 1 });
  }
  return { rows, ends };
}
