import { type Edit, editCharacters, editSpan, type Span } from "./span.ts";

/** Converts a span to one of Unicode's normal forms. */
export function normalizeForm(span: Span, form: "NFC" | "NFD" | "NFKC" | "NFKD"): Span {
  const text = span.text.normalize(form);
  if (text === span.text) return span;
  if (span.starts === undefined) return { text, atStart: span.atStart };
  const single = editCharacters(span, (character) => character.normalize(form));
  if (single.text === text) return single;
  const edits: Edit[] = [];
  for (const match of span.text.matchAll(/\P{M}[\p{M}\u1160-\u11ff]*|\p{M}+/gu)) {
    const piece = match[0].normalize(form);
    if (piece !== match[0]) {
      edits.push({ start: match.index, end: match.index + match[0].length, text: piece });
    }
  }
  const result = editSpan(span, edits, true);
  // Characters of two groups that compose (jamo from compatibility letters) are paired by position.
  return result.text === text ? result : editSpan(span, [{ start: 0, end: span.text.length, text }], true);
}
