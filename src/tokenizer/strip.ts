import { isSpace } from "./unicode.ts";

/** Python's str.strip takes four separators that Unicode does not call white space. */
function isPythonSpace(unit: number): boolean {
  return (unit >= 0x1c && unit <= 0x1f) || isSpace(unit);
}

/** Python's str.lstrip. */
export function stripStart(text: string): string {
  let at = 0;
  while (at < text.length && isPythonSpace(text.charCodeAt(at))) at++;
  return text.slice(at);
}

/** Python's str.rstrip. */
export function stripEnd(text: string): string {
  let at = text.length;
  while (at > 0 && isPythonSpace(text.charCodeAt(at - 1))) at--;
  return text.slice(0, at);
}
