/** Character classes for split patterns; one bit each. */
export const LETTER = 1;
export const NUMBER = 2;
export const SPACE = 4;
/** A newline or carriage return (a SPACE too). */
export const LINE_END = 8;
/** Marks a looked-up entry; 0 in the table means "not yet". */
const KNOWN = 128;

const table = new Uint8Array(0x110000);
const letter = /\p{L}/u;
const number = /\p{N}/u;
const space = /\p{White_Space}/u;

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  let kind = KNOWN;
  if (letter.test(character)) kind |= LETTER;
  else if (number.test(character)) kind |= NUMBER;
  else if (space.test(character)) kind |= SPACE;
  if (codePoint === 10 || codePoint === 13) kind |= LINE_END;
  table[codePoint] = kind;
  return kind;
}

/** The classes of a code point, by the Unicode version of this JavaScript engine. */
export function classOf(codePoint: number): number {
  return table[codePoint] || classify(codePoint);
}

/** True for Unicode's White_Space (`\s` of the reference; JavaScript's differs at U+0085 and U+FEFF). */
export function isSpace(codePoint: number): boolean {
  return (classOf(codePoint) & SPACE) !== 0;
}

const word = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** True if a character is part of a word (`\w` of Rust's regex). */
export function isWord(character: string): boolean {
  return word.test(character);
}

/** The whole character that ends before `index`. */
export function characterBefore(text: string, index: number): string {
  const low = text.charCodeAt(index - 1);
  const high = text.charCodeAt(index - 2);
  const pair = low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff;
  return text.slice(index - (pair ? 2 : 1), index);
}

/** The whole character that starts at `index`. */
export function characterAt(text: string, index: number): string {
  const codePoint = text.codePointAt(index);
  return codePoint === undefined ? "" : String.fromCodePoint(codePoint);
}
