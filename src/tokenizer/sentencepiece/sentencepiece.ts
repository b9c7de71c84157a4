import { byteOfToken } from "../tokenizer_json/decoders.ts";
import { byteTokens } from "../models/model.ts";
import type { Sampling, Segmenter } from "../models/segmenter.ts";
import { SentencePieceBpe } from "./sentencepiece_bpe.ts";
import { type Piece, PieceType, type SentencePieceFile } from "./sentencepiece_file.ts";
import { normalizeSentence } from "./sentencepiece_normalizer.ts";
import { SentencePieceUnigram } from "./sentencepiece_unigram.ts";
import { Trie } from "../models/trie.ts";

const SPACE = "▁";
const encoder = new TextEncoder();

/** Google's SentencePieceProcessor for one model: text → pieces and pieces → text. */
export class SentencePiece {
  readonly pieces: readonly Piece[];
  readonly unkId: number;
  #file: SentencePieceFile;
  #segmenter: Segmenter;
  #userDefined: Trie | undefined;

  /** @param addDummyPrefix overrides the file's setting. */
  constructor(file: SentencePieceFile, addDummyPrefix = file.addDummyPrefix) {
    this.#file = { ...file, addDummyPrefix };
    this.pieces = file.pieces;
    this.unkId = file.unkId;
    const userDefined = file.pieces.map((piece) =>
      piece.type === PieceType.userDefined ? piece.text : undefined
    );
    if (userDefined.some((text) => text !== undefined)) this.#userDefined = new Trie(userDefined);
    this.#segmenter = file.modelType === "bpe"
      ? new SentencePieceBpe(file, this.#userDefined)
      : new SentencePieceUnigram(file);
  }

  /** Id of a piece; the unknown id for any other text. */
  pieceToId(text: string): number {
    return this.#file.ids.get(text) ?? this.unkId;
  }

  /** Splits a text into piece strings; unknown text is kept as is, or as bytes if the model has byte pieces. */
  encode(text: string, sampling?: Sampling): string[] {
    const normal = normalizeSentence(text.toWellFormed(), this.#file, this.#userDefined);
    const out: string[] = [];
    if (normal === "") return out;
    let start = 0;
    let afterUnknown = false;
    for (const end of this.#segmenter.segment(normal, sampling)) {
      const piece = normal.slice(start, end);
      const unknown = this.#isUnknown(piece);
      if (unknown && this.#file.byteFallback) {
        for (const byte of encoder.encode(piece)) out.push(byteTokens[byte]);
      } else if (unknown && afterUnknown) out[out.length - 1] += piece;
      else out.push(piece);
      afterUnknown = unknown && !this.#file.byteFallback;
      start = end;
    }
    return out;
  }

  /** True if a substring is not a usable piece; BPE accepts control pieces too, which merging does not produce. */
  #isUnknown(piece: string): boolean {
    const id = this.pieceToId(piece);
    const { type } = this.pieces[id];
    if (id === this.unkId || type === PieceType.unused) return true;
    return this.#file.modelType === "unigram" && type !== PieceType.normal && type !== PieceType.userDefined;
  }

  /** Text of pieces: spaces restored, the first word's removed, bytes joined, control pieces omitted. */
  decode(pieces: readonly string[]): string {
    const { addDummyPrefix, removeExtraWhitespaces } = this.#file;
    let text = "";
    let bytes: number[] = [];
    let atStart = true;
    let sawSpace = false;
    const flush = (): void => {
      if (bytes.length > 0) text += decodeBytes(bytes);
      bytes = [];
    };
    for (const piece of pieces) {
      const id = this.pieceToId(piece);
      const type = this.pieces[id].type;
      if (type === PieceType.byte) {
        bytes.push(byteOfToken(piece));
        continue;
      }
      flush();
      if (sawSpace || text !== "") atStart = false;
      sawSpace = false;
      if (type === PieceType.control) continue;
      if (type === PieceType.unknown) {
        text += this.pieces[id].text === piece ? this.#file.unkSurface : piece;
        continue;
      }
      let rest = piece;
      if (atStart && (addDummyPrefix || removeExtraWhitespaces) && rest.startsWith(SPACE)) {
        rest = rest.slice(1);
        sawSpace = !removeExtraWhitespaces;
      }
      text += rest.replaceAll(SPACE, " ");
    }
    flush();
    return text;
  }
}

/** Decodes UTF-8 bytes; each byte that does not start a character becomes U+FFFD. */
function decodeBytes(bytes: number[]): string {
  let out = "";
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at];
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const part = Uint8Array.from(bytes.slice(at, at + length));
    const character = new TextDecoder("utf-8", { ignoreBOM: true }).decode(part);
    const whole = part.length === length && [...character].length === 1 &&
      (character !== "\ufffd" || lead === 0xef);
    out += whole ? character : "\ufffd";
    at += whole ? length : 1;
  }
  return out;
}
