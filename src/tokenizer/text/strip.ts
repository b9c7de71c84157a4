import type { AddedToken } from "./added_tokens.ts";
import { isSpace } from "../unicode/unicode.ts";

/**
 * Applies the flags of added tokens between parts of text: they absorb white space, or are not matched inside a word.
 */
export function applyAddedFlags(
  parts: { text: string }[],
  find: (text: string) => AddedToken | undefined,
): void {
  for (let i = 0; i < parts.length; i++) {
    const token = find(parts[i].text);
    if (token === undefined) continue;
    const left = parts[i - 1];
    const right = parts[i + 1];
    const leftText = left?.text ?? "";
    const rightText = right?.text ?? "";
    if (token.rstrip && rightText !== "") right.text = stripStart(rightText);
    if (token.lstrip && leftText !== "") left.text = stripEnd(leftText);
    if (!token.singleWord) continue;
    if (leftText !== "" && !leftText.endsWith(" ")) {
      left.text += token.content;
      parts[i].text = "";
    } else if (rightText !== "" && !rightText.startsWith(" ")) {
      right.text = token.content + right.text;
      parts[i].text = "";
    }
  }
}

/** Python's str.strip also removes four separators that are not White_Space in Unicode. */
function isPythonSpace(unit: number): boolean {
  return (unit >= 0x1c && unit <= 0x1f) || isSpace(unit);
}

/** Python's str.lstrip. */
function stripStart(text: string): string {
  let at = 0;
  while (at < text.length && isPythonSpace(text.charCodeAt(at))) at++;
  return text.slice(at);
}

/** Python's str.rstrip. */
function stripEnd(text: string): string {
  let at = text.length;
  while (at > 0 && isPythonSpace(text.charCodeAt(at - 1))) at--;
  return text.slice(0, at);
}
