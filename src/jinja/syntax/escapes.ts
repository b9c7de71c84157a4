import { TemplateError } from "../values/values.ts";

const SIMPLE: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
/** Number of hexadecimal digits after these letters. */
const HEXADECIMAL: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const ESCAPE = /\\([0-7]{1,3}|.)/gsu;

/** Decodes the escapes of a string literal like Python's `unicode-escape`. @throws TemplateError if one is invalid. */
export function unescapeText(text: string): string {
  if (!text.includes("\\")) return text;
  let result = "";
  let at = 0;
  ESCAPE.lastIndex = 0;
  for (let match; (match = ESCAPE.exec(text));) {
    result += text.slice(at, match.index);
    const digits = HEXADECIMAL[match[1]];
    if (digits) {
      result += hexadecimal(text, ESCAPE.lastIndex, match[1], digits);
      ESCAPE.lastIndex += digits;
    } else result += other(match[1]);
    at = ESCAPE.lastIndex;
  }
  return result + text.slice(at);
}

function hexadecimal(text: string, at: number, letter: string, digits: number): string {
  const code = text.slice(at, at + digits);
  if (code.length < digits || !/^[\da-f]+$/i.test(code)) {
    throw new TemplateError(`truncated \\${letter}${"X".repeat(digits)} escape`);
  }
  const value = parseInt(code, 16);
  if (value > 0x10ffff) throw new TemplateError("illegal Unicode character");
  if (value >= 0xd800 && value < 0xe000) throw new TemplateError("surrogates not allowed");
  return String.fromCodePoint(value);
}

function other(escape: string): string {
  if (escape in SIMPLE) return SIMPLE[escape];
  if (/^[0-7]/.test(escape)) return String.fromCodePoint(parseInt(escape, 8));
  if (escape === "N") throw new TemplateError("expected no \\N{…} escape, got one");
  const code = escape.codePointAt(0)!;
  if (code < 0x80) return "\\" + escape;
  // Python first encodes the character as an escape, so the backslash in front escapes that escape's backslash.
  const hex = code.toString(16);
  if (code < 0x100) return "\\x" + hex;
  return code < 0x10000 ? "\\u" + hex.padStart(4, "0") : "\\U" + hex.padStart(8, "0");
}
