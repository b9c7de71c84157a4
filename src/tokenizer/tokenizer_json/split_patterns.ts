import { classOf, LETTER, LINE_END, NUMBER, SPACE } from "../unicode/unicode.ts";

/** Returns the end of the match that starts at `start`; `start` itself if there is none. */
export type Matcher = (text: string, start: number) => number;

/** The Llama-3 split, also cl100k's: here as written in tokenizer.json files. */
const LLAMA3 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
/** The Llama-3 split with single digits (Qwen 2). */
const QWEN2 = LLAMA3.replace("\\p{N}{1,3}", "\\p{N}");
/** GPT-2's split, the one inside the ByteLevel pre-tokenizer. */
export const GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** Hand-written linear-time matchers for the patterns of Llama files; each matches every character. */
export const knownPatterns: ReadonlyMap<string, Matcher> = new Map([
  [LLAMA3, (text, start) => matchLlama3(text, start, 3)],
  [QWEN2, (text, start) => matchLlama3(text, start, 1)],
  [GPT2, matchGpt2],
]);

const APOSTROPHE = 0x27;
const BLANK = 0x20;
const TEXT = LETTER | NUMBER | SPACE;

function classAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return classOf(unit >= 0xd800 && unit <= 0xdbff ? text.codePointAt(index) as number : unit);
}

function widthAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff && (text.codePointAt(index) as number) > 0xffff ? 2 : 1;
}

/** End of the run of characters in one of `classes`, starting at `at`. */
function run(text: string, at: number, classes: number): number {
  while (at < text.length && (classAt(text, at) & classes) !== 0) at += widthAt(text, at);
  return at;
}

/** End of the run of characters that are not letters, numbers or spaces. */
function runOther(text: string, at: number): number {
  while (at < text.length && (classAt(text, at) & TEXT) === 0) at += widthAt(text, at);
  return at;
}

/** Length of 's, 't, 're, 've, 'm, 'll or 'd at an apostrophe, or 0. `fold`: case-insensitive; ſ folds to s. */
function contraction(text: string, at: number, fold: boolean): number {
  let first = text[at + 1] ?? "";
  let second = text[at + 2] ?? "";
  if (fold) {
    first = first === "ſ" ? "s" : first.toLowerCase();
    second = second.toLowerCase();
  }
  if (first === "s" || first === "t" || first === "m" || first === "d") return 2;
  if ((first === "r" || first === "v") && second === "e") return 3;
  return first === "l" && second === "l" ? 3 : 0;
}

/** `\s+(?!\S)|\s+` on a run of spaces: all of it at the end of the text, otherwise all except its last character. */
function spaces(text: string, start: number, end: number): number {
  if (end === text.length) return end;
  return end - 1 > start ? end - 1 : end;
}

function matchLlama3(text: string, start: number, digits: number): number {
  const unit = text.charCodeAt(start);
  if (unit === APOSTROPHE) {
    const length = contraction(text, start, true);
    if (length > 0) return start + length;
  }
  const kind = classAt(text, start);
  const after = start + widthAt(text, start);
  if ((kind & LETTER) !== 0) return run(text, after, LETTER);
  if ((kind & NUMBER) !== 0) {
    let end = after;
    for (let k = 1; k < digits && end < text.length && (classAt(text, end) & NUMBER) !== 0; k++) {
      end += widthAt(text, end);
    }
    return end;
  }
  if ((kind & LINE_END) === 0 && after < text.length && (classAt(text, after) & LETTER) !== 0) {
    return run(text, after, LETTER);
  }
  if (
    (kind & SPACE) === 0 || (unit === BLANK && after < text.length && (classAt(text, after) & TEXT) === 0)
  ) {
    return run(text, runOther(text, after), LINE_END);
  }
  const end = run(text, after, SPACE);
  for (let last = end - 1; last >= start; last--) {
    if (text.charCodeAt(last) === 10 || text.charCodeAt(last) === 13) return last + 1;
  }
  return spaces(text, start, end);
}

function matchGpt2(text: string, start: number): number {
  const unit = text.charCodeAt(start);
  if (unit === APOSTROPHE) {
    const length = contraction(text, start, false);
    if (length > 0) return start + length;
  }
  const first = unit === BLANK && start + 1 < text.length && (classAt(text, start + 1) & SPACE) === 0
    ? start + 1
    : start;
  const kind = classAt(text, first);
  if ((kind & LETTER) !== 0) return run(text, first, LETTER);
  if ((kind & NUMBER) !== 0) return run(text, first, NUMBER);
  if ((kind & SPACE) === 0) return runOther(text, first);
  return spaces(text, start, run(text, start, SPACE));
}
