import type { LogitsProcessor } from "./types.ts";

/** Removes what would make a run of `size` ids come a second time. */
export function noRepeatNgram(size: number): LogitsProcessor {
  return (ids, scores) => forbid(ids, ids, size, scores);
}

/** The same, for the prompt's runs alone. */
export function encoderNoRepeatNgram(size: number): LogitsProcessor {
  return (ids, scores, { promptLength }) => forbid(ids.slice(0, promptLength), ids, size, scores);
}

/** Removes every id that follows, somewhere in `text`, the ids that are last now. */
function forbid(text: readonly number[], ids: readonly number[], size: number, scores: Float32Array): void {
  const start = ids.length + 1 - size;
  if (start < 0) return;
  for (let at = 0; at + size <= text.length; at++) {
    let same = 0;
    while (same < size - 1 && text[at + same] === ids[start + same]) same++;
    if (same === size - 1) scores[text[at + same]] = -Infinity;
  }
}
