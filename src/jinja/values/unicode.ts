import { DIGITS, FOLDED, FOLDED_UP, NEWER, NUMBERS, TITLED, TITLED_SAME } from "./unicode_data.ts";

type Ranges = readonly (readonly [number, number])[];

function ranges(text: string): Ranges {
  return text.split(" ").map((part) => {
    const [first, last] = part.split("-");
    return [parseInt(first, 16), parseInt(last ?? first, 16)] as const;
  });
}

function within(all: Ranges, character: string): boolean {
  const point = character.codePointAt(0)!;
  if (point < 0x80) return false;
  return all.some(([first, last]) => point >= first && point <= last);
}

const newer = ranges(NEWER);
const digits = ranges(DIGITS);
const numbers = ranges(NUMBERS);
const folded = ranges(FOLDED);
const foldedUp = ranges(FOLDED_UP);
const titledSame = ranges(TITLED_SAME);
const titled = new Map(
  TITLED.split(" ").map((pair) => {
    const [from, ...to] = pair;
    return [from, to.join("")];
  }),
);

type Property = (character: string) => boolean;

/** A character property as in Unicode 14. */
function property(pattern: RegExp): Property {
  return (character) => pattern.test(character) && !within(newer, character);
}

/** Python's str.isprintable(). This and the other properties take one code point. */
export const isPrintable: Property = property(/^(?: |[^\p{C}\p{Z}])$/u);
/** Python's whitespace, as the content of a regular expression's character class. */
export const SPACE_CLASS =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SPACE = new RegExp(`^[${SPACE_CLASS}]$`, "u");
/** Whitespace, as strip() and split() define it. */
export const isSpace: Property = (character) => SPACE.test(character);
/** A letter. */
export const isAlpha: Property = property(/^\p{L}$/u);
/** A digit of a decimal number. */
export const isDecimal: Property = property(/^\p{Nd}$/u);
/** A digit, including superscripts. */
export const isDigit: Property = (character) => isDecimal(character) || within(digits, character);
const isNumberCharacter = property(/^\p{N}$/u);
/** A numeric character, including fractions and some letters. */
export const isNumeric: Property = (character) => isNumberCharacter(character) || within(numbers, character);
/** A lowercase letter. */
export const isLower: Property = property(/^(?![\u10fc\ua7f2-\ua7f4\uab69])\p{Lowercase}$/u);
/** An uppercase letter. */
export const isUpper: Property = property(/^\p{Uppercase}$/u);
/** A title-case letter. */
export const isTitle: Property = property(/^\p{Lt}$/u);
/** A character that can begin an identifier. */
export const isNameStart: Property = property(/^[\p{XIDS}_]$/u);
/** A character that can continue an identifier. */
export const isNamePart: Property = property(/^(?![\u200c\u200d\u30fb\uff65])[\p{XIDC}_]$/u);
/** A word character: `\w` in Python's `re`. */
export const isWord: Property = (character) =>
  character === "_" || isAlpha(character) || isNumeric(character);

const NEWER_CASES = /[\u019b\u0264\u1c89\u1c8a\ua7cb-\ua7cd\ua7da-\ua7dc\u{10d50}-\u{10d85}]/u;

function mapped(text: string, map: (part: string) => string): string {
  if (!NEWER_CASES.test(text)) return map(text);
  return Array.from(text, (character) => NEWER_CASES.test(character) ? character : map(character)).join("");
}

/** Python's str.upper(). */
export function upper(text: string): string {
  return mapped(text, (part) => part.toUpperCase());
}

/** Python's str.lower(). */
export function lower(text: string): string {
  return mapped(text, (part) => part.toLowerCase());
}

/** The title case of one character. */
export function title(character: string): string {
  if (within(titledSame, character)) return character;
  return titled.get(character) ?? upper(character);
}

/** Python's str.casefold(). */
export function casefold(text: string): string {
  return Array.from(text, (character) => {
    if (character === "ẞ") return "ss";
    if (within(foldedUp, character)) return upper(character);
    return within(folded, character) ? upper(character).toLowerCase() : lower(character);
  }).join("");
}

/** The value of a decimal digit of any script. */
export function decimalValue(character: string): number {
  let point = character.codePointAt(0)!;
  const start = point;
  // The ten digits of a script are consecutive, from 0.
  while (start - point < 10 && isDecimal(String.fromCodePoint(point - 1))) point--;
  return (start - point) % 10;
}

/** Python's str.strip(): removes whitespace, or the characters in `marks`. */
export function stripText(text: string, marks: string | null, left: boolean, right: boolean): string {
  const set = marks === null ? null : new Set(marks);
  const strips = (character: string) => set ? set.has(character) : isSpace(character);
  let [start, end] = [0, text.length];
  while (left && start < end) {
    const character = String.fromCodePoint(text.codePointAt(start)!);
    if (!strips(character)) break;
    start += character.length;
  }
  while (right && end > start) {
    const pair = end - 2 >= start && text.codePointAt(end - 2)! > 0xffff;
    const character = text.slice(end - (pair ? 2 : 1), end);
    if (!strips(character)) break;
    end -= character.length;
  }
  return text.slice(start, end);
}
