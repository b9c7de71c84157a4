import { DataError } from "../../base/errors.ts";
import { bertNormalizer } from "./bert_normalizer.ts";
import { toByteAlphabet } from "./byte_level.ts";
import { parseCharsmap } from "../text/charsmap.ts";
import { type Fields, REQUIRED } from "../../base/fields.ts";
import { normalizeForm } from "../text/normal_forms.ts";
import { compilePattern } from "./pattern.ts";
import { type Edit, editCharacters, editSpan, type Span } from "../text/span.ts";
import { isSpace } from "../unicode/unicode.ts";

/** Rewrites text before it is split. */
export type Normalizer = (span: Span) => Span;

/** Builds the normalizer that a tokenizer.json section describes. @throws DataError naming an unknown type. */
export function buildNormalizer(section: Fields): Normalizer {
  const type = section.string("type", REQUIRED);
  switch (type) {
    case "Sequence": {
      const steps = section.objects("normalizers").map(buildNormalizer);
      return (span) => steps.reduce((value, step) => step(value), span);
    }
    case "Prepend": {
      const text = section.string("prepend", REQUIRED);
      return (span) => span.text === "" ? span : editSpan(span, [{ start: 0, end: 0, text }]);
    }
    case "Replace": {
      const matches = compilePattern(section.object("pattern"));
      const text = section.string("content", REQUIRED);
      return (span) => editSpan(span, matches(span.text).map(([start, end]) => ({ start, end, text })));
    }
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD":
      return (span) => normalizeForm(span, type);
    case "Strip":
      return strip(section.boolean("strip_left", null) ?? true, section.boolean("strip_right", null) ?? true);
    case "StripAccents":
      return (span) => editCharacters(span, (character) => /\p{M}/u.test(character) ? "" : character);
    case "Lowercase":
      return (span) => editCharacters(span, (character) => character.toLowerCase());
    case "ByteLevel":
      return (span) => editCharacters(span, toByteAlphabet);
    case "Nmt":
      return (span) => editCharacters(span, nmt);
    case "BertNormalizer":
      return bertNormalizer(section);
    case "Precompiled": {
      const charsmap = parseCharsmap(decodeBase64(section), section.path("precompiled_charsmap"));
      return (span) => editSpan(span, charsmap.graphemeEdits(span.text), true);
    }
    default:
      return section.refuse("type", "a known normalizer");
  }
}

function decodeBase64(section: Fields): Uint8Array {
  try {
    return Uint8Array.from(
      atob(section.string("precompiled_charsmap", REQUIRED)),
      (unit) => unit.charCodeAt(0),
    );
  } catch (error) {
    if (error instanceof DataError) throw error;
    return section.refuse("precompiled_charsmap", "base64");
  }
}

function strip(left: boolean, right: boolean): Normalizer {
  return (span) => {
    let start = 0;
    let end = span.text.length;
    if (left) { while (start < end && isSpace(span.text.charCodeAt(start))) start++; }
    if (right) { while (end > start && isSpace(span.text.charCodeAt(end - 1))) end--; }
    const edits: Edit[] = [];
    if (start > 0) edits.push({ start: 0, end: start, text: "" });
    if (end < span.text.length) edits.push({ start: end, end: span.text.length, text: "" });
    return editSpan(span, edits);
  };
}

function nmt(character: string): string {
  const code = character.codePointAt(0) as number;
  if (
    (code >= 1 && code <= 8) || code === 0x0b || (code >= 0x0e && code <= 0x1f) || code === 0x7f ||
    code === 0x8f ||
    code === 0x9f
  ) return "";
  const blank = code === 9 || code === 10 || code === 12 || code === 13 || code === 0x1680 ||
    code === 0xfeff || code === 0xfffd ||
    (code >= 0x200b && code <= 0x200f) || code === 0x2028 || code === 0x2029 || code === 0x2581;
  return blank ? " " : character;
}
