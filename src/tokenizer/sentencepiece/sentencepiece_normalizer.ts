import type { SentencePieceFile } from "./sentencepiece_file.ts";
import type { Trie } from "../models/trie.ts";

/**
 * Normalizes a sentence as SentencePiece does before segmentation: charsmap rules (never inside user-defined pieces),
 * extra spaces removed, a prefix space added, spaces written as "▁" — each according to the file's settings.
 */
export function normalizeSentence(text: string, file: SentencePieceFile, userDefined?: Trie): string {
  const parts = normalParts(text, file, userDefined);
  const blank = file.escapeWhitespaces ? "▁" : " ";
  let first = 0;
  if (file.removeExtraWhitespaces) { while (first < parts.length && parts[first] === " ") first++; }
  if (first === parts.length) return "";
  let out = file.addDummyPrefix && !file.whitespaceAsSuffix ? blank : "";
  let afterBlank = file.removeExtraWhitespaces;
  for (let k = first; k < parts.length; k++) {
    let part = parts[k];
    while (afterBlank && part.startsWith(" ")) part = part.slice(1);
    if (part !== "") {
      out += file.escapeWhitespaces ? part.replaceAll(" ", blank) : part;
      afterBlank = part.endsWith(" ");
    }
    if (!file.removeExtraWhitespaces) afterBlank = false;
  }
  if (file.removeExtraWhitespaces) { while (out.endsWith(blank)) out = out.slice(0, -1); }
  return file.addDummyPrefix && file.whitespaceAsSuffix ? out + blank : out;
}

/** The text split into the results of one rule, one user-defined piece or one character each. */
function normalParts(text: string, file: SentencePieceFile, userDefined?: Trie): string[] {
  if (text === "") return [];
  const { charsmap } = file;
  if (charsmap === undefined && userDefined === undefined && !file.removeExtraWhitespaces) return [text];
  const bytes = charsmap === undefined ? undefined : new TextEncoder().encode(text);
  const parts: string[] = [];
  let byteAt = 0;
  const advance = (from: number, until: number): void => {
    for (let i = from; i < until; i++) byteAt += utf8Units(text.charCodeAt(i));
  };
  for (let at = 0; at < text.length;) {
    const reserved = userDefined?.longest(text, at) ?? -1;
    if (reserved !== -1) {
      parts.push(text.slice(at, reserved));
      advance(at, reserved);
      at = reserved;
      continue;
    }
    const rule = bytes === undefined ? undefined : charsmap?.longest(bytes, byteAt);
    if (rule !== undefined) {
      parts.push(new TextDecoder("utf-8", { ignoreBOM: true }).decode(rule.text));
      const end = byteAt + rule.length;
      while (byteAt < end) byteAt += utf8Units(text.charCodeAt(at++));
      continue;
    }
    const width = (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
    parts.push(text.slice(at, at + width));
    advance(at, at + width);
    at += width;
  }
  return parts;
}

/** UTF-8 bytes per UTF-16 unit of well-formed text (a surrogate: half of four). */
function utf8Units(unit: number): number {
  return unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit <= 0xdfff ? 2 : 3;
}
