/** Characters that Python's repr writes as escapes. */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const NAMED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A token as Python's `repr` shows it: quoted, without any terminal control character. */
export function quoted(token: string): string {
  const quote = token.includes("'") && !token.includes('"') ? '"' : "'";
  return quote + Array.from(token, (character) => escaped(character, quote)).join("") + quote;
}

/** A token as `quoted` shows it, but without the quotes. */
export function visible(token: string): string {
  return Array.from(token, (character) => escaped(character, "")).join("");
}

function escaped(character: string, quote: string): string {
  if (character in NAMED) return NAMED[character];
  if (character === quote) return "\\" + quote;
  if (!UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0)!;
  const [letter, digits] = code < 0x100 ? ["x", 2] : code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${letter}${code.toString(16).padStart(digits as number, "0")}`;
}

/** Terminal columns that a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += /\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}
