/** A substring in the pipeline. */
export interface Span {
  text: string;
  /** True if it starts at the beginning of the whole input (for Metaspace's "first"). */
  atStart: boolean;
  /** For each UTF-16 unit, the start and end of its character in the input; absent if offsets are not requested. */
  starts?: Int32Array;
  ends?: Int32Array;
}

/** The input as a span; with `tracked`, each unit maps to its character. */
export function inputSpan(text: string, tracked: boolean): Span {
  if (!tracked) return { text, atStart: true };
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  for (let i = 0; i < text.length;) {
    const width = (text.codePointAt(i) as number) > 0xffff ? 2 : 1;
    starts.fill(i, i, i + width);
    ends.fill(i + width, i, i + width);
    i += width;
  }
  return { text, atStart: true, starts, ends };
}

/** The units from `from` to `to` (exclusive). */
export function sliceSpan(span: Span, from: number, to: number): Span {
  if (from === 0 && to === span.text.length) return span;
  const text = span.text.slice(from, to);
  const atStart = span.atStart && from === 0;
  if (span.starts === undefined) return { text, atStart };
  return { text, atStart, starts: span.starts.subarray(from, to), ends: span.ends?.subarray(from, to) };
}

/** Replaces units [start, end) with `text`. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * Applies edits, which must be ordered and not overlap. New units map to the last unit they replace, or with `paired`
 * each new character to the old one at its position; inserted units map to the unit before, or to the first at the
 * start of the span.
 */
export function editSpan(span: Span, edits: Edit[], paired = false): Span {
  if (edits.length === 0) return span;
  let text = "";
  let at = 0;
  for (const edit of edits) {
    text += span.text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  text += span.text.slice(at);
  const atStart = span.atStart && !losesStart(span.text, edits[0], paired);
  const { starts: oldStarts, ends: oldEnds } = span;
  if (oldStarts === undefined || oldEnds === undefined) return { text, atStart };
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  let to = 0;
  at = 0;
  const keep = (until: number) => {
    starts.set(oldStarts.subarray(at, until), to);
    ends.set(oldEnds.subarray(at, until), to);
    to += until - at;
  };
  for (const edit of edits) {
    keep(edit.start);
    let from = paired ? edit.start : edit.end - 1;
    for (const character of edit.text) {
      const unit = Math.max(0, Math.min(from, edit.end - 1));
      starts.fill(oldStarts[unit] ?? 0, to, to + character.length);
      ends.fill(oldEnds[unit] ?? 0, to, to + character.length);
      to += character.length;
      from += (span.text.codePointAt(from) ?? 0) > 0xffff ? 2 : 1;
    }
    at = edit.end;
  }
  keep(span.text.length);
  return { text, atStart, starts, ends };
}

/** Rewrites each character; new units map to the character they replace. */
export function editCharacters(span: Span, rewrite: (character: string) => string): Span {
  const edits: Edit[] = [];
  let start = 0;
  for (const character of span.text) {
    const text = rewrite(character);
    const end = start + character.length;
    if (text !== character) edits.push({ start, end, text });
    start = end;
  }
  return editSpan(span, edits, true);
}

/** True if the first remaining character no longer maps to the first one of the input. */
function losesStart(text: string, { start, end, text: replacement }: Edit, paired: boolean): boolean {
  if (start > 0 || end === 0) return false;
  if (replacement === "") return true;
  return !paired && end > ((text.codePointAt(0) as number) > 0xffff ? 2 : 1);
}
