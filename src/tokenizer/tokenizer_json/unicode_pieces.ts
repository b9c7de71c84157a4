import { CodePointRanges } from "../unicode/code_point_ranges.ts";
import { sliceSpan, type Span } from "../text/span.ts";
import { SCRIPTS } from "../unicode/unicode_tables.ts";

/**
 * Builds UnicodeScripts: a piece ends where another script begins. Spaces, and characters without a script, join the
 * preceding piece; at the start of a text they are dropped, as in the reference.
 */
export function unicodeScripts(): (span: Span) => Span[] {
  const scripts = new CodePointRanges(SCRIPTS, true);
  return (span) => {
    const cuts: number[] = [];
    let last: number | undefined;
    let at = 0;
    for (const character of span.text) {
      const script = character === " " ? undefined : scripts.classOf(character.codePointAt(0) as number);
      if (script !== undefined && script !== last) cuts.push(at);
      last = script ?? last;
      at += character.length;
    }
    return cuts.map((from, index) => sliceSpan(span, from, cuts[index + 1] ?? at));
  };
}

/** Builds FixedLength: pieces of this many characters; the last holds the rest. */
export function fixedLength(length: number): (span: Span) => Span[] {
  return (span) => {
    const pieces: Span[] = [];
    let [from, at, count] = [0, 0, 0];
    for (const character of span.text) {
      at += character.length;
      if (++count % length !== 0) continue;
      pieces.push(sliceSpan(span, from, at));
      from = at;
    }
    return from < at ? [...pieces, sliceSpan(span, from, at)] : pieces;
  };
}
