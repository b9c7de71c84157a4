import { raise } from "../values/types.ts";
import { isAlpha, isSpace, isWord } from "../values/unicode.ts";
import type { Evaluation } from "../values/values.ts";

/** How lines are broken. */
export interface WrapStyle {
  readonly width: number;
  /** True if the width is a float, which cannot be used to cut a long word. */
  readonly real: boolean;
  readonly breakWords: boolean;
  readonly breakHyphens: boolean;
}

const BLANKS = "\t\n\v\f\r ";

/** Wraps one line to `style.width`: Python's textwrap.wrap() with tabs and whitespace kept. */
export function wrapLine(line: string, style: WrapStyle, ev: Evaluation): string[] {
  const characters = Array.from(line);
  ev.budget.step(characters.length);
  const chunks = chunksOf(characters, style.breakHyphens).reverse();
  const lines: string[] = [];
  while (chunks.length) {
    ev.budget.step();
    if (lines.length && isBlank(chunks.at(-1)!)) chunks.pop();
    const current = fill(chunks, style);
    if (current.length && isBlank(current.at(-1)!)) current.pop();
    if (current.length) lines.push(current.flat().join(""));
  }
  return lines;
}

/** Removes and returns the chunks that fit on one line: at least a part of one. */
function fill(chunks: string[][], style: WrapStyle): string[][] {
  const line: string[][] = [];
  let size = 0;
  while (chunks.length && size + chunks.at(-1)!.length <= style.width) {
    size += chunks.at(-1)!.length;
    line.push(chunks.pop()!);
  }
  if (chunks.length && chunks.at(-1)!.length > style.width) breakLong(chunks, line, size, style);
  return line;
}

function breakLong(chunks: string[][], line: string[][], size: number, style: WrapStyle): void {
  const chunk = chunks.at(-1)!;
  if (!style.breakWords) {
    if (!line.length) line.push(chunks.pop()!);
    return;
  }
  if (style.real) raise("TypeError", "slice indices must be integers or None or have an __index__ method");
  let end = style.width < 1 ? 1 : Math.floor(style.width - size);
  if (style.breakHyphens && chunk.length > end) {
    const hyphen = end > 0 ? chunk.slice(0, end).lastIndexOf("-") : -1;
    if (hyphen > 0 && chunk.slice(0, hyphen).some((character) => character !== "-")) end = hyphen + 1;
  }
  line.push(chunk.slice(0, end));
  chunks[chunks.length - 1] = chunk.slice(end);
}

function isBlank(chunk: readonly string[]): boolean {
  return chunk.every(isSpace);
}

function isWordEnd(character: string | undefined): boolean {
  return character !== undefined && (isWord(character) || "!\"'&.,?".includes(character));
}

// A letter is a word character that is neither a digit nor an underscore.
function isLetter(character: string | undefined): boolean {
  return character !== undefined &&
    (isAlpha(character) || isWord(character) && !/[\p{Nd}_]/u.test(character));
}

/** Splits text into words, whitespace and dashes; a word also ends after a hyphen. */
function chunksOf(characters: readonly string[], hyphens: boolean): string[][] {
  const chunks: string[][] = [];
  let at = 0;
  while (at < characters.length) {
    const end = BLANKS.includes(characters[at])
      ? blanksEnd(characters, at)
      : wordEnd(characters, at, hyphens);
    chunks.push(characters.slice(at, end));
    at = end;
  }
  return chunks;
}

function blanksEnd(characters: readonly string[], start: number): number {
  let at = start;
  while (at < characters.length && BLANKS.includes(characters[at])) at++;
  return at;
}

function wordEnd(characters: readonly string[], start: number, hyphens: boolean): number {
  if (hyphens && characters[start] === "-" && isWordEnd(characters[start - 1])) {
    const end = dashEnd(characters, start);
    if (end > start) return end;
  }
  for (let at = start + 1; at < characters.length; at++) {
    if (BLANKS.includes(characters[at])) return at;
    if (!hyphens) continue;
    if (isDash(characters, at)) return at;
    if (characters[at] === "-" && endsAfterHyphen(characters, at, start)) return at + 1;
  }
  return characters.length;
}

/** The end of a run of two or more hyphens before a word, or `start` if there is none. */
function dashEnd(characters: readonly string[], start: number): number {
  let end = start;
  while (characters[end] === "-") end++;
  const next = characters[end];
  return end - start >= 2 && next !== undefined && isWord(next) ? end : start;
}

function isDash(characters: readonly string[], at: number): boolean {
  return characters[at] === "-" && isWordEnd(characters[at - 1]) && dashEnd(characters, at) > at;
}

/** True for a hyphen between letters, at which a word can be broken: `ab-cd`, also `a-b-cd`. */
function endsAfterHyphen(characters: readonly string[], at: number, start: number): boolean {
  if (at === start) return false;
  const two = isLetter(characters[at - 1]) && isLetter(characters[at - 2]);
  const hyphened = isLetter(characters[at - 1]) && characters[at - 2] === "-" && isLetter(characters[at - 3]);
  if (!two && !hyphened) return false;
  if (!isLetter(characters[at + 1])) return false;
  return isLetter(characters[at + 2]) || characters[at + 2] === "-" && isLetter(characters[at + 3]);
}
