import { DataError } from "../errors.ts";
import { type AddedToken, specialToken } from "./added_tokens.ts";
import { Bpe } from "./bpe.ts";
import { buildDecoder, holdBackOf } from "./decoders.ts";
import { Fields } from "./fields.ts";
import { buildNormalizer } from "./normalizers.ts";
import { PairMap } from "./pair_map.ts";
import type { PipelineParts } from "./pipeline.ts";
import { buildPreTokenizer } from "./pre_tokenizers.ts";
import { PieceType, type SentencePieceFile } from "./sentencepiece_file.ts";
import { Unigram } from "./unigram.ts";
import { ListedVocabulary } from "./vocabulary.ts";

/** How a tokenizer.model becomes a fast tokenizer; transformers' LlamaConverter. */
export interface ConvertOptions {
  legacy: boolean;
  addPrefixSpace: boolean;
}

/** The pipeline that transformers makes of a tokenizer.model: control pieces are special, user-defined ones added. */
export function convertSentencePiece(
  file: SentencePieceFile,
  options: ConvertOptions,
): { parts: PipelineParts; added: { id: number; token: AddedToken }[] } {
  const decoder = section({
    type: "Sequence",
    decoders: [
      { type: "Replace", pattern: { String: "▁" }, content: " " },
      { type: "ByteFallback" },
      { type: "Fuse" },
      ...(options.addPrefixSpace ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
    ],
  });
  const prepend = options.addPrefixSpace ? [{ type: "Prepend", prepend: "▁" }] : [];
  const normalizers = [...prepend, { type: "Replace", pattern: { String: " " }, content: "▁" }];
  const scheme = options.addPrefixSpace ? "first" : "never";
  const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: scheme, split: false };
  const added = file.pieces.flatMap((piece, id) => {
    if (piece.type !== PieceType.control && piece.type !== PieceType.userDefined) return [];
    return [{ id, token: { ...specialToken(piece.text), special: piece.type === PieceType.control } }];
  });
  return {
    added,
    parts: {
      model: file.modelType === "bpe" ? convertBpe(file) : convertUnigram(file),
      normalizer: options.legacy ? buildNormalizer(section({ type: "Sequence", normalizers })) : undefined,
      preTokenizer: options.legacy ? undefined : buildPreTokenizer(section(metaspace)),
      decoder: buildDecoder(decoder),
      holdBack: holdBackOf(decoder),
    },
  };
}

function section(value: Record<string, unknown>): Fields {
  return Fields.of(value, "tokenizer.model");
}

function convertUnigram(file: SentencePieceFile): Unigram {
  return new Unigram({
    vocab: file.ids,
    tokens: file.pieces.map((piece) => piece.text),
    scores: Float64Array.from(file.pieces, (piece) => piece.score),
    unkId: 0,
    byteFallback: true,
  });
}

function convertBpe(file: SentencePieceFile): Bpe {
  const unkPiece = file.unkPiece;
  const unkId = file.ids.get(unkPiece);
  if (unkId === undefined) {
    throw new DataError(`tokenizer.model: trainer_spec.unk_piece: expected a piece, got ${unkPiece}`);
  }
  return new Bpe({
    vocab: new ListedVocabulary(file.ids, file.pieces.map((piece) => piece.text)),
    merges: generateMerges(file),
    unkId,
    fuseUnk: true,
    byteFallback: true,
    ignoreMerges: false,
    continuingSubwordPrefix: "",
    endOfWordSuffix: "",
    dropout: 0,
  });
}

/** Every way to make a piece of two others, best score first; on a tie the longer left part, then the longer right. */
function generateMerges(file: SentencePieceFile): PairMap {
  const found: {
    left: number;
    right: number;
    id: number;
    score: number;
    leftLength: number;
    rightLength: number;
  }[] = [];
  file.pieces.forEach((piece, id) => {
    const local: typeof found = [];
    const characters = Array.from(piece.text);
    let left = "";
    for (let cut = 1; cut < characters.length; cut++) {
      left += characters[cut - 1];
      const leftId = file.ids.get(left);
      const rightId = leftId === undefined ? undefined : file.ids.get(piece.text.slice(left.length));
      if (leftId === undefined || rightId === undefined) continue;
      const score = id < 3 ? 0 : piece.score; // The converter takes no scores for the first three.
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
  });
  found.sort((a, b) => b.score - a.score || b.leftLength - a.leftLength || b.rightLength - a.rightLength);
  const merges = new PairMap(found.length);
  found.forEach(({ left, right, id }, rank) => merges.add(left, right, rank, id));
  return merges;
}
