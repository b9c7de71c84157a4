import { byteOrigins, toByteAlphabet } from "./byte_level.ts";
import { CodePointRanges } from "../unicode/code_point_ranges.ts";
import { type Fields, REQUIRED } from "../../base/fields.ts";
import { compilePattern, compileSource } from "./pattern.ts";
import type { Matches } from "../regex/regex.ts";
import { editSpan, sliceSpan, type Span } from "../text/span.ts";
import { GPT2 } from "./split_patterns.ts";
import { classOf, NUMBER, SPACE } from "../unicode/unicode.ts";
import { fixedLength, unicodeScripts } from "./unicode_pieces.ts";
import { PUNCTUATION } from "../unicode/unicode_tables.ts";

/** Splits a span into the words that the model encodes one by one. */
export type PreTokenizer = (span: Span) => Span[];

const behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;
type Behavior = typeof behaviors[number];

/** Builds the pre-tokenizer that a tokenizer.json section describes. @throws DataError naming an unknown type. */
export function buildPreTokenizer(section: Fields): PreTokenizer {
  const type = section.string("type", REQUIRED);
  switch (type) {
    case "Sequence":
      return inTurn(section.objects("pretokenizers").map(buildPreTokenizer));
    case "Split":
      return splitter(
        compilePattern(section.object("pattern")),
        section.choice("behavior", behaviors, REQUIRED),
        section.boolean("invert", null) ?? false,
      );
    case "ByteLevel": {
      const prefix = section.boolean("add_prefix_space", null) ?? true;
      const words = compileSource(GPT2, section.path("type"));
      const split = (section.boolean("use_regex", null) ?? true)
        ? splitter(words, "Isolated")
        : (span: Span) => [span];
      return (span) => {
        if (prefix && span.text !== "" && !span.text.startsWith(" ")) span = prepend(span, " ");
        return split(span).map(toBytes);
      };
    }
    case "Metaspace":
      return metaspace(section);
    case "Digits":
      return splitter(
        characters((c) => (classOf(c) & NUMBER) !== 0),
        (section.boolean("individual_digits", null) ?? false) ? "Isolated" : "Contiguous",
      );
    case "Whitespace":
      return splitter(
        compileSource(
          // \w of Rust's regex, which also includes the two joiners.
          ["", "^\\s"].map((other) => `[${other}\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]+`).join(
            "|",
          ),
          section.path("type"),
        ),
        "Removed",
        true,
      );
    case "WhitespaceSplit":
      return splitter(blanks, "Removed");
    case "Punctuation":
      return splitter(punctuation(), section.choice("behavior", behaviors, null) ?? "Isolated");
    case "BertPreTokenizer":
      return inTurn([splitter(blanks, "Removed"), splitter(punctuation(), "Isolated")]);
    case "UnicodeScripts":
      return unicodeScripts();
    case "FixedLength":
      return fixedLength(section.integer("length", null, { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? 5);
    case "CharDelimiterSplit": {
      const delimiter = section.string("delimiter", REQUIRED).codePointAt(0);
      return splitter(characters((c) => c === delimiter), "Removed");
    }
    default:
      return section.refuse("type", "a known pre-tokenizer");
  }
}

function inTurn(steps: PreTokenizer[]): PreTokenizer {
  return (span) => {
    let spans = [span];
    for (const step of steps) spans = spans.length === 1 ? step(spans[0]) : spans.flatMap(step);
    return spans;
  };
}

function punctuation(): Matches {
  const ranges = new CodePointRanges(PUNCTUATION);
  return characters((c) => ranges.has(c));
}

const blanks = characters((c) => (classOf(c) & SPACE) !== 0);

/** Each single character that passes, as matches. */
function characters(test: (codePoint: number) => boolean): Matches {
  return (text) => {
    const found: [number, number][] = [];
    let at = 0;
    for (const character of text) {
      if (test(character.codePointAt(0) as number)) found.push([at, at + character.length]);
      at += character.length;
    }
    return found;
  };
}

function prepend(span: Span, text: string): Span {
  return editSpan(span, [{ start: 0, end: 0, text }]);
}

function toBytes(span: Span): Span {
  const text = toByteAlphabet(span.text);
  const { starts, ends } = span;
  if (starts === undefined || ends === undefined) return { text, atStart: span.atStart };
  const origins = byteOrigins(span.text);
  return {
    text,
    atStart: span.atStart,
    starts: Int32Array.from(origins.starts, (unit) => starts[unit]),
    ends: Int32Array.from(origins.ends, (unit) => ends[unit - 1]),
  };
}

function metaspace(section: Fields): PreTokenizer {
  const mark = section.string("replacement", null) ?? "▁";
  if ([...mark].length !== 1) section.refuse("replacement", "one character");
  const fallback = (section.boolean("add_prefix_space", null) ?? true) ? "always" : "never";
  const scheme = section.choice("prepend_scheme", ["always", "first", "never"], null) ?? fallback;
  const split = section.boolean("split", null) ?? true;
  const marks: Matches = characters((c) => c === mark.codePointAt(0));
  const cut = splitter(marks, "MergedWithNext");
  return (span) => {
    if (span.starts === undefined) span = { ...span, text: span.text.replaceAll(" ", mark) };
    else {
      const blanks = characters((c) => c === 0x20)(span.text);
      span = editSpan(span, blanks.map(([start, end]) => ({ start, end, text: mark })));
    }
    const wanted = scheme === "always" || (scheme === "first" && span.atStart);
    if (wanted && span.text !== "" && !span.text.startsWith(mark)) span = prepend(span, mark);
    return split ? cut(span) : [span];
  };
}

/** tokenizers' `split`: matches and the text between them, combined according to the behavior. */
function splitter(matches: Matches, behavior: Behavior, invert = false): PreTokenizer {
  return (span) => {
    const pieces: { start: number; end: number; match: boolean }[] = [];
    let at = 0;
    for (const [start, end] of matches(span.text)) {
      if (start > at) pieces.push({ start: at, end: start, match: invert });
      pieces.push({ start, end, match: !invert });
      at = end;
    }
    if (at < span.text.length) pieces.push({ start: at, end: span.text.length, match: invert });
    const spans: Span[] = [];
    for (const { start, end } of arrange(pieces, behavior)) {
      if (start < end) spans.push(sliceSpan(span, start, end));
    }
    return spans;
  };
}

interface Piece {
  start: number;
  end: number;
  match: boolean;
}

function arrange(pieces: Piece[], behavior: Behavior): Piece[] {
  if (behavior === "Isolated") return pieces;
  if (behavior === "Removed") return pieces.filter((piece) => !piece.match);
  const out: Piece[] = [];
  let previous = false;
  const ordered = behavior === "MergedWithNext" ? pieces.toReversed() : pieces;
  for (const piece of ordered) {
    const last = out[out.length - 1];
    const joins = behavior === "Contiguous" ? piece.match === previous : piece.match && !previous;
    if (joins && last !== undefined) {
      last.start = Math.min(last.start, piece.start);
      last.end = Math.max(last.end, piece.end);
    } else out.push({ ...piece });
    previous = piece.match;
  }
  return behavior === "MergedWithNext" ? out.reverse() : out;
}
