import { DataError } from "../../base/errors.ts";
import { type AddedToken, specialToken } from "../text/added_tokens.ts";
import { Bpe } from "../models/bpe.ts";
import { buildDecoder, holdBackOf } from "../tokenizer_json/decoders.ts";
import { Fields } from "../../base/fields.ts";
import { buildNormalizer } from "../tokenizer_json/normalizers.ts";
import { PairMap } from "../models/pair_map.ts";
import type { PipelineParts } from "../tokenizer_json/pipeline.ts";
import { buildPreTokenizer } from "../tokenizer_json/pre_tokenizers.ts";
import { type Piece, PieceType, type SentencePieceFile } from "./sentencepiece_file.ts";
import { Unigram } from "../models/unigram.ts";
import { ListedVocabulary } from "../models/vocabulary.ts";

/** Rules for the conversion of a tokenizer.model to a fast tokenizer. */
export interface ConvertOptions {
  rules: "llama" | "gemma";
  legacy: boolean;
  addPrefixSpace: boolean;
  /** Replacement texts for the first three pieces, by id. */
  names: ReadonlyMap<number, string>;
}

/** The sections of a tokenizer.json that a converter writes. */
interface Sections {
  normalizer?: Record<string, unknown>;
  preTokenizer?: Record<string, unknown>;
  decoder: Record<string, unknown>;
}

const TO_MARK = { type: "Replace", pattern: { String: " " }, content: "▁" };
const TO_TEXT = [
  { type: "Replace", pattern: { String: "▁" }, content: " " },
  { type: "ByteFallback" },
  { type: "Fuse" },
];
/** Special in Gemma, whatever their piece type. */
const GEMMA_TURNS: readonly string[] = ["<start_of_turn>", "<end_of_turn>"];

/** transformers' LlamaConverter. */
function llamaSections({ legacy, addPrefixSpace }: ConvertOptions): Sections {
  const prepend = addPrefixSpace ? [{ type: "Prepend", prepend: "▁" }] : [];
  const strip = addPrefixSpace ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : [];
  const decoder = { type: "Sequence", decoders: [...TO_TEXT, ...strip] };
  if (legacy) return { decoder, normalizer: { type: "Sequence", normalizers: [...prepend, TO_MARK] } };
  const scheme = addPrefixSpace ? "first" : "never";
  return {
    decoder,
    preTokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: scheme, split: false },
  };
}

/** transformers' GemmaConverter. */
function gemmaSections(): Sections {
  return {
    normalizer: TO_MARK,
    preTokenizer: { type: "Split", pattern: { String: " " }, behavior: "MergedWithPrevious", invert: false },
    decoder: { type: "Sequence", decoders: TO_TEXT },
  };
}

/**
 * Converts a tokenizer.model to the pipeline that transformers builds: control pieces are special, user-defined ones
 * added.
 */
export function convertSentencePiece(
  file: SentencePieceFile,
  options: ConvertOptions,
): { parts: PipelineParts; added: { id: number; token: AddedToken }[] } {
  const isGemma = options.rules === "gemma";
  const { normalizer, preTokenizer, decoder } = isGemma ? gemmaSections() : llamaSections(options);
  const added = file.pieces.flatMap(({ text, type }, id) => {
    if (type !== PieceType.control && type !== PieceType.userDefined) return [];
    const special = type === PieceType.control || (isGemma && GEMMA_TURNS.includes(text));
    return [{ id, token: { ...specialToken(text), special } }];
  });
  const pieces = renamed(file, options);
  return {
    added,
    parts: {
      model: file.modelType === "bpe" ? convertBpe(file, pieces) : convertUnigram(pieces, isGemma ? 3 : 0),
      normalizer: normalizer && buildNormalizer(section(normalizer)),
      preTokenizer: preTokenizer && buildPreTokenizer(section(preTokenizer)),
      decoder: buildDecoder(section(decoder)),
      holdBack: holdBackOf(section(decoder)),
    },
  };
}

/** The pieces as the converters see them: the first three without scores, and Gemma's first tab as a tab. */
function renamed({ pieces, ids }: SentencePieceFile, { rules, names }: ConvertOptions): Piece[] {
  const tab = rules === "gemma" && !ids.has("\t") ? ids.get("<0x09>") : undefined;
  return pieces.map((piece, id) => {
    if (id < 3) return { ...piece, text: names.get(id) ?? piece.text, score: 0 };
    return id === tab ? { ...piece, text: "\t", score: 0 } : piece;
  });
}

/** Ids by text; the last of equal texts wins. */
function idsOf(pieces: readonly Piece[]): Map<string, number> {
  return new Map(pieces.map(({ text }, id) => [text, id]));
}

function section(value: Record<string, unknown>): Fields {
  return Fields.of(value, "tokenizer.model");
}

function convertUnigram(pieces: readonly Piece[], unkId: number): Unigram {
  return new Unigram({
    vocab: idsOf(pieces),
    tokens: pieces.map((piece) => piece.text),
    scores: Float64Array.from(pieces, (piece) => piece.score),
    unkId,
    byteFallback: true,
  });
}

function convertBpe({ unkPiece, ids }: SentencePieceFile, pieces: readonly Piece[]): Bpe {
  if (ids.get(unkPiece) === undefined) {
    throw new DataError(`tokenizer.model: trainer_spec.unk_piece: expected a piece, got ${unkPiece}`);
  }
  const vocab = idsOf(pieces);
  return new Bpe({
    vocab: new ListedVocabulary(vocab, pieces.map((piece) => piece.text)),
    merges: generateMerges(pieces, vocab),
    unkId: vocab.get(unkPiece),
    fuseUnk: true,
    byteFallback: true,
    ignoreMerges: false,
    continuingSubwordPrefix: "",
    endOfWordSuffix: "",
    dropout: 0,
  });
}

/**
 * All ways to form a piece from two others, best score first; on a tie, the longer left part, then the longer right.
 */
function generateMerges(pieces: readonly Piece[], ids: Map<string, number>): PairMap {
  const found: {
    left: number;
    right: number;
    id: number;
    score: number;
    leftLength: number;
    rightLength: number;
  }[] = [];
  for (const [text, id] of ids) {
    const { score } = pieces[id];
    const local: typeof found = [];
    const characters = Array.from(text);
    let left = "";
    for (let cut = 1; cut < characters.length; cut++) {
      left += characters[cut - 1];
      const leftId = ids.get(left);
      const rightId = leftId === undefined ? undefined : ids.get(text.slice(left.length));
      if (leftId === undefined || rightId === undefined) continue;
      local.push({
        left: leftId,
        right: rightId,
        id,
        score,
        leftLength: cut,
        rightLength: characters.length - cut,
      });
    }
    found.push(...local.sort((a, b) => a.left - b.left || a.right - b.right));
  }
  found.sort((a, b) => b.score - a.score || b.leftLength - a.leftLength || b.rightLength - a.rightLength);
  const merges = new PairMap(found.length);
  found.forEach(({ left, right, id }, rank) => merges.add(left, right, rank, id));
  return merges;
}
