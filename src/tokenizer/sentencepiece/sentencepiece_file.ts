import { DataError } from "../../base/errors.ts";
import { type Charsmap, parseCharsmap } from "../text/charsmap.ts";
import { kindOf } from "../../base/json.ts";
import { byteTokens } from "../models/model.ts";
import { type ProtoField, protoFields } from "../text/protobuf.ts";

/** Piece types, numbered as in the file. */
export const PieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** One entry of a SentencePiece vocabulary; its id is its index. */
export interface Piece {
  text: string;
  /** Log-probability (unigram) or minus the merge rank (BPE), a float32. */
  score: number;
  type: number;
}

/** A tokenizer.model, parsed and validated. */
export interface SentencePieceFile {
  modelType: "unigram" | "bpe";
  pieces: Piece[];
  /** Ids by text. */
  ids: Map<string, number>;
  unkId: number;
  byteFallback: boolean;
  whitespaceAsSuffix: boolean;
  unkSurface: string;
  /** Text of the unknown piece from the trainer's settings. */
  unkPiece: string;
  charsmap?: Charsmap;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
}

/** Maximum piece length of sentencepiece. */
const MOST_PIECE_BYTES = 7999;
/** BPE splits pieces at every position, which takes time quadratic in their lengths: real ones sum to 10^7. */
const MOST_SQUARES = 1e9;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a tokenizer.model strictly. @throws DataError naming the piece, field or offset. */
export function readSentencePiece(bytes: Uint8Array, file: string): SentencePieceFile {
  refuseOtherFormats(bytes, file);
  const out: SentencePieceFile = {
    modelType: "unigram",
    pieces: [],
    ids: new Map(),
    unkId: -1,
    byteFallback: false,
    whitespaceAsSuffix: false,
    unkSurface: " \u2047 ",
    unkPiece: "<unk>",
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
  let modelType = 1;
  for (const field of protoFields(bytes, file)) {
    if (field.number > 3) continue;
    const { value, at } = expectBytes(field, file);
    if (field.number === 1) readPiece(value, at, file, out);
    else if (field.number === 2) modelType = readTrainer(value, at, file, out) ?? modelType;
    else readNormalizer(value, at, file, out);
  }
  if (modelType !== 1 && modelType !== 2) {
    const name = ["", "", "", "word", "char"][modelType] ?? "";
    throw new DataError(
      `${file}: trainer_spec.model_type: expected unigram (1) or BPE (2), got ${modelType} ${name}`.trim(),
    );
  }
  out.modelType = modelType === 1 ? "unigram" : "bpe";
  check(out, file);
  return out;
}

function refuseOtherFormats(bytes: Uint8Array, file: string): void {
  if (bytes.length === 0) throw new DataError(`${file}: expected a SentencePiece model, got an empty file`);
  const head = new TextDecoder().decode(bytes.subarray(0, 64));
  const kinds: [RegExp, string][] = [
    [/^version https:\/\/git-lfs/, "a git-LFS pointer"],
    [/^\s*<(!doctype|html)/i, "an HTML page"],
    [/^\s*\{/, "JSON"],
    [/^[A-Za-z0-9+/]+={0,2} \d+\n/, "a tiktoken vocabulary"],
    [/^PK(?!\w)/, "a zip archive"],
  ];
  for (const [pattern, name] of kinds) {
    if (pattern.test(head)) throw new DataError(`${file}: expected a SentencePiece model, got ${name}`);
  }
}

function expectBytes(field: ProtoField, file: string): { value: Uint8Array; at: number } {
  if (field.kind === "bytes") return field;
  throw new DataError(
    `${file}: offset ${field.at}: expected field ${field.number} as bytes, got ${field.kind}`,
  );
}

function expectNumber(field: ProtoField, file: string): number {
  if (field.kind === "varint") return field.value;
  throw new DataError(
    `${file}: offset ${field.at}: expected field ${field.number} as a varint, got ${field.kind}`,
  );
}

function expectText(field: ProtoField, file: string, name: string): string {
  const { value, at } = expectBytes(field, file);
  try {
    return strictUtf8.decode(value);
  } catch {
    throw new DataError(`${file}: ${name}: offset ${at}: expected UTF-8, got bytes that are not`);
  }
}

function readPiece(bytes: Uint8Array, offset: number, file: string, out: SentencePieceFile): void {
  const id = out.pieces.length;
  const name = `pieces[${id}]`;
  const piece: Piece = { text: "", score: 0, type: PieceType.normal };
  let bytesOfText = 0;
  for (const field of protoFields(bytes, file, offset)) {
    if (field.number === 1) {
      piece.text = expectText(field, file, name);
      bytesOfText = expectBytes(field, file).value.length;
    } else if (field.number === 2) {
      if (field.kind !== "fixed32") {
        throw new DataError(`${file}: ${name}: expected a float score, got ${field.kind}`);
      }
      piece.score = field.value;
    } else if (field.number === 3) piece.type = expectNumber(field, file);
  }
  const fail = (expected: string, got: unknown): never => {
    throw new DataError(`${file}: ${name}: expected ${expected}, got ${kindOf(got)}`);
  };
  if (piece.text === "") fail("a piece that is not empty", "");
  if (bytesOfText > MOST_PIECE_BYTES) fail(`a piece of at most ${MOST_PIECE_BYTES} bytes`, bytesOfText);
  if (piece.text.includes("\0")) fail("a piece without NUL", piece.text);
  if (!Number.isFinite(piece.score)) fail("a finite score", String(piece.score));
  if (!(piece.type >= 1 && piece.type <= 6)) fail("a type from 1 to 6", piece.type);
  if (out.ids.has(piece.text)) {
    fail("a piece of its own", `${piece.text}, which is pieces[${out.ids.get(piece.text)}] too`);
  }
  if (piece.type === PieceType.byte && !byteTokens.includes(piece.text)) {
    fail("a byte piece <0x00> to <0xFF>", piece.text);
  }
  if (piece.type === PieceType.unknown) {
    if (out.unkId !== -1) fail("one unknown piece", `a second after pieces[${out.unkId}]`);
    out.unkId = id;
  }
  out.ids.set(piece.text, id);
  out.pieces.push(piece);
}

function readTrainer(
  bytes: Uint8Array,
  offset: number,
  file: string,
  out: SentencePieceFile,
): number | undefined {
  let modelType: number | undefined;
  for (const field of protoFields(bytes, file, offset)) {
    if (field.number === 3) modelType = expectNumber(field, file);
    else if (field.number === 24) out.whitespaceAsSuffix = expectNumber(field, file) !== 0;
    else if (field.number === 35) out.byteFallback = expectNumber(field, file) !== 0;
    else if (field.number === 44) out.unkSurface = expectText(field, file, "trainer_spec.unk_surface");
    else if (field.number === 45) out.unkPiece = expectText(field, file, "trainer_spec.unk_piece");
  }
  return modelType;
}

function readNormalizer(bytes: Uint8Array, offset: number, file: string, out: SentencePieceFile): void {
  for (const field of protoFields(bytes, file, offset)) {
    if (field.number === 2) {
      const { value } = expectBytes(field, file);
      if (value.length > 0) {
        out.charsmap = parseCharsmap(value, `${file}: normalizer_spec.precompiled_charsmap`);
      }
    } else if (field.number === 3) out.addDummyPrefix = expectNumber(field, file) !== 0;
    else if (field.number === 4) out.removeExtraWhitespaces = expectNumber(field, file) !== 0;
    else if (field.number === 5) out.escapeWhitespaces = expectNumber(field, file) !== 0;
  }
}

function check(out: SentencePieceFile, file: string): void {
  if (out.pieces.length === 0) throw new DataError(`${file}: pieces: expected a vocabulary, got none`);
  if (out.unkId === -1) throw new DataError(`${file}: pieces: expected one unknown piece (type 2), got none`);
  const bytes = out.pieces.filter((piece) => piece.type === PieceType.byte).length;
  if (out.byteFallback && bytes !== 256) {
    throw new DataError(
      `${file}: pieces: expected 256 byte pieces, since byte_fallback is set, got ${bytes}`,
    );
  }
  if (!out.byteFallback && bytes > 0) {
    throw new DataError(
      `${file}: pieces: expected no byte pieces, since byte_fallback is not set, got ${bytes}`,
    );
  }
  const { normal, userDefined, unused } = PieceType;
  if (!out.pieces.some(({ type }) => type === normal || type === userDefined || type === unused)) {
    throw new DataError(`${file}: pieces: expected one that text can be made of, got none`);
  }
  const squares = out.pieces.reduce((sum, { text }) => sum + text.length ** 2, 0);
  if (out.modelType === "bpe" && squares > MOST_SQUARES) {
    const longest = out.pieces.reduce((most, { text }) => Math.max(most, text.length), 0);
    throw new DataError(
      `${file}: pieces: expected squares of their lengths of ${MOST_SQUARES} together at most, got ${squares}: ` +
        `the longest has ${longest} characters`,
    );
  }
}
