import type { LogitsProcessor } from "./types.ts";

/** Removes ids that would repeat an n-gram of `size` ids. */
export function noRepeatNgram(size: number): LogitsProcessor {
  return (ids, scores) => forbid(ids, ids, size, scores);
}

/** Like `noRepeatNgram`, but only for n-grams of the prompt. */
export function encoderNoRepeatNgram(size: number): LogitsProcessor {
  return (ids, scores, { promptLength }) => forbid(ids.slice(0, promptLength), ids, size, scores);
}

/** Removes every id that follows, anywhere in `text`, the current last ids. */
function forbid(text: readonly number[], ids: readonly number[], size: number, scores: Float32Array): void {
  const start = ids.length + 1 - size;
  if (start < 0) return;
  for (let at = 0; at + size <= text.length; at++) {
    let same = 0;
    while (same < size - 1 && text[at + same] === ids[start + same]) same++;
    if (same === size - 1) scores[text[at + same]] = -Infinity;
  }
}
