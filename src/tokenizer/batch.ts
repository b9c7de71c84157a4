import { UsageError } from "../base/errors.ts";
import type { Encoded } from "./tokenizer_json/pipeline.ts";
import type { PostProcessor, TemplatePiece } from "./tokenizer_json/post_processors.ts";

/** Options of a batch call; transformers' names in camelCase. */
export interface CallOptions {
  /** Second text of each pair. */
  textPair?: string | string[];
  /** Adds the tokenizer's special tokens; default: true. */
  addSpecialTokens?: boolean;
  /** Parses the texts of special tokens; otherwise they are literal. */
  parseSpecial?: boolean;
  /** true or "longest": to the longest in the batch; "max_length": to `maxLength`. */
  padding?: boolean | "longest" | "max_length" | "do_not_pad";
  /** true or "longest_first": removes tokens one by one from the longer sequence. */
  truncation?: boolean | "longest_first" | "only_first" | "only_second" | "do_not_truncate";
  /** Number of tokens to pad or truncate to; default: the tokenizer's `modelMaxLength`. */
  maxLength?: number;
  /** Pads to a multiple of this many tokens. */
  padToMultipleOf?: number;
  /** Side to pad; default: the tokenizer's own. */
  paddingSide?: "left" | "right";
}

/** The part of a tokenizer that batches use. */
export interface BatchTokenizer {
  readonly postProcessor: PostProcessor;
  readonly splitSpecialTokens: boolean;
  readonly modelMaxLength: number;
  readonly padTokenId: number | undefined;
  readonly paddingSide: "left" | "right";
  readonly truncationSide: "left" | "right";
  /** Python's slow tokenizers remove tokens one by one from the longer text, and truncate as far as possible. */
  readonly truncatesSlowly: boolean;
  encodeTracked(text: string, parseSpecial: boolean): Encoded;
  tokenOf(id: number): string | undefined;
}

/** One row per text. Offsets count Unicode code points of the text; special and padding tokens have [0, 0]. */
export interface BatchEncoding {
  /** Token ids. */
  inputIds: number[][];
  /** 1 for tokens, 0 for padding. */
  attentionMask: number[][];
  /** 0 for tokens of the first text, 1 for tokens of the second. */
  tokenTypeIds: number[][];
  /** 1 for tokens added by the template or by padding. */
  specialTokensMask: number[][];
  /** Start and end of each token in its text. */
  /** Empty for the slow tokenizer. */
  offsetMapping: [number, number][][];
  /** Index of the pre-tokenizer's word that each token is part of; null for special and padding tokens. */
  wordIds: (number | null)[][];
  /** 0 for tokens of the first text, 1 for tokens of the second, null for special and padding tokens. */
  sequenceIds: (number | null)[][];
}

interface Row {
  id: number;
  mask: number;
  type: number;
  special: number;
  offset: [number, number];
  word: number | null;
  sequence: number | null;
}

/** Properties of tokens without text. */
const ADDED = { special: 1, offset: [0, 0] as [number, number], word: null, sequence: null };

/** Encodes texts (or pairs) together. @throws UsageError if the requested padding or truncation is impossible. */
export function encodeBatch(
  tokenizer: BatchTokenizer,
  texts: string | string[],
  options: CallOptions,
): BatchEncoding {
  const first = typeof texts === "string" ? [texts] : texts;
  const second = typeof options.textPair === "string" ? [options.textPair] : options.textPair;
  if (second !== undefined && second.length !== first.length) {
    throw new UsageError(`textPair: expected ${first.length} texts, got ${second.length}`);
  }
  const rows = first.map((text, index) => encodeRow(tokenizer, text, second?.[index], options));
  pad(tokenizer, rows, options);
  return {
    inputIds: rows.map((row) => row.map((token) => token.id)),
    attentionMask: rows.map((row) => row.map((token) => token.mask)),
    tokenTypeIds: rows.map((row) => row.map((token) => token.type)),
    specialTokensMask: rows.map((row) => row.map((token) => token.special)),
    offsetMapping: tokenizer.truncatesSlowly ? [] : rows.map((row) => row.map((token) => token.offset)),
    wordIds: rows.map((row) => row.map((token) => token.word)),
    sequenceIds: rows.map((row) => row.map((token) => token.sequence)),
  };
}

function encodeRow(
  tokenizer: BatchTokenizer,
  a: string,
  b: string | undefined,
  options: CallOptions,
): Row[] {
  const parse = options.parseSpecial ?? !tokenizer.splitSpecialTokens;
  const encode = (text: string): Row[] => {
    const row = toRow(text, tokenizer.encodeTracked(text, parse));
    return row.map((token, index) => trimmed(token, index, tokenizer));
  };
  let parts = { A: encode(a), B: b === undefined ? [] : encode(b) };
  const { single, pair } = tokenizer.postProcessor;
  const template: TemplatePiece[] = b === undefined ? single : pair;
  const pieces = options.addSpecialTokens ?? true
    ? template
    : template.filter((piece) => piece.sequence !== undefined);
  const extra = pieces.reduce((sum, piece) => sum + (piece.sequence === undefined ? piece.ids.length : 0), 0);
  parts = truncate(tokenizer, parts, extra, options);
  return pieces.flatMap((piece): Row[] => {
    if (piece.sequence !== undefined) {
      const sequence = piece.sequence === "A" ? 0 : 1;
      return parts[piece.sequence].map((token) => ({ ...token, type: piece.typeId, sequence }));
    }
    return piece.ids.map((id) => ({ ...ADDED, id, mask: 1, type: piece.typeId }));
  });
}

function toRow(text: string, encoded: Encoded): Row[] {
  const points = new Int32Array(text.length + 1);
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    points[i] = count;
    const low = text.charCodeAt(i + 1);
    const pair = (text.charCodeAt(i) & 0xfc00) === 0xd800 && (low & 0xfc00) === 0xdc00;
    if (!pair) count++;
  }
  points[text.length] = count;
  return encoded.ids.map((id, index) => {
    const start = encoded.starts?.[index] ?? 0;
    const end = encoded.ends?.[index] ?? 0;
    const word = encoded.words?.[index] ?? null;
    return { id, mask: 1, type: 0, special: 0, offset: [points[start], points[end]], word, sequence: 0 };
  });
}

/** Byte-level tokens include their space ("Ġ"); offsets may exclude it. */
function trimmed(token: Row, index: number, tokenizer: BatchTokenizer): Row {
  const { trimOffsets } = tokenizer.postProcessor;
  if (!trimOffsets) return token;
  const characters = Array.from(
    tokenizer.tokenOf(token.id) ?? "",
    (character) => character === "Ġ" || /\s/.test(character),
  );
  const solid = characters.indexOf(false);
  let leading = solid === -1 ? characters.length : solid;
  const trailing = characters.length - 1 - characters.lastIndexOf(false);
  let [start, end] = token.offset;
  if (leading > 0) {
    if (trimOffsets === "afterPrefix" && (index === 0 || start === 0)) leading--;
    start = Math.min(start + leading, end);
  }
  if (trailing > 0 && end >= trailing) end = Math.max(end - trailing, start);
  return { ...token, offset: [start, end] };
}

function truncate(
  tokenizer: BatchTokenizer,
  parts: { A: Row[]; B: Row[] },
  extra: number,
  options: CallOptions,
): { A: Row[]; B: Row[] } {
  const strategy = options.truncation === true ? "longest_first" : options.truncation;
  if (strategy === undefined || strategy === false || strategy === "do_not_truncate") return parts;
  const limit = options.maxLength ?? tokenizer.modelMaxLength;
  const excess = parts.A.length + parts.B.length + extra - limit;
  if (!(excess > 0)) return parts;
  const cut = (row: Row[], count: number): Row[] =>
    tokenizer.truncationSide === "left" ? row.slice(count) : row.slice(0, row.length - count);
  if (tokenizer.truncatesSlowly) return truncateSlowly(parts, excess, strategy, cut);
  if (strategy !== "longest_first") {
    const key = strategy === "only_first" ? "A" : "B";
    if (parts[key].length <= excess) {
      throw new UsageError(
        `truncation: expected more than ${excess} tokens to cut from, got ${parts[key].length}`,
      );
    }
    return { ...parts, [key]: cut(parts[key], excess) };
  }
  if (limit < extra) {
    throw new UsageError(`maxLength: expected at least the ${extra} special tokens, got ${limit}`);
  }
  if (parts.B.length === 0) return { A: cut(parts.A, excess), B: [] };
  const room = limit - extra;
  const swap = parts.A.length > parts.B.length;
  let short = Math.min(parts.A.length, parts.B.length);
  let long = Math.max(parts.A.length, parts.B.length);
  if (short > room) long = short;
  else long = Math.max(short, room - short);
  if (short + long > room) {
    short = Math.floor(room / 2);
    long = short + room % 2;
  }
  const [a, b] = swap ? [long, short] : [short, long];
  return { A: cut(parts.A, parts.A.length - a), B: cut(parts.B, parts.B.length - b) };
}

/** Removes one token at a time from the longer part, from the second on a tie. */
function truncateSlowly(
  parts: { A: Row[]; B: Row[] },
  excess: number,
  strategy: string,
  cut: (row: Row[], count: number) => Row[],
): { A: Row[]; B: Row[] } {
  if (strategy !== "longest_first") {
    const key = strategy === "only_first" ? "A" : "B";
    return parts[key].length > excess ? { ...parts, [key]: cut(parts[key], excess) } : parts;
  }
  let [a, b] = [parts.A.length, parts.B.length];
  for (let k = 0; k < excess && a + b > 0; k++) {
    if (b === 0 || a > b) a--;
    else b--;
  }
  return { A: cut(parts.A, parts.A.length - a), B: cut(parts.B, parts.B.length - b) };
}

function pad(tokenizer: BatchTokenizer, rows: Row[][], options: CallOptions): void {
  const strategy = options.padding === true ? "longest" : options.padding;
  if (strategy === undefined || strategy === false || strategy === "do_not_pad") return;
  const id = tokenizer.padTokenId;
  if (id === undefined) {
    throw new UsageError("padding: expected a tokenizer with a pad token, got none (set padToken)");
  }
  let length = rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (strategy === "max_length") length = options.maxLength ?? tokenizer.modelMaxLength;
  if (!Number.isSafeInteger(length) || length > 2 ** 30) {
    throw new UsageError(`padding: expected a maxLength, got ${length}`);
  }
  const multiple = options.padToMultipleOf ?? 1;
  length = Math.ceil(length / multiple) * multiple;
  for (const row of rows) {
    const count = Math.max(0, length - row.length);
    const filler: Row[] = Array.from(
      { length: count },
      () => ({ ...ADDED, id, mask: 0, type: 0 }),
    );
    if ((options.paddingSide ?? tokenizer.paddingSide) === "left") row.unshift(...filler);
    else row.push(...filler);
  }
}
