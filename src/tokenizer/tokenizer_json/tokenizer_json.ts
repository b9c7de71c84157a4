import { DataError } from "../../base/errors.ts";
import { type AddedToken, readAddedToken } from "../text/added_tokens.ts";
import { Bpe } from "../models/bpe.ts";
import { buildDecoder, holdBackOf } from "./decoders.ts";
import { Fields, show } from "../fields/fields.ts";
import { parseJson } from "../fields/json.ts";
import type { TokenModel } from "../models/model.ts";
import { buildNormalizer } from "./normalizers.ts";
import { FIRST, PairMap } from "../models/pair_map.ts";
import type { PipelineParts } from "./pipeline.ts";
import { buildPostProcessor } from "./post_processors.ts";
import { buildPreTokenizer } from "./pre_tokenizers.ts";
import { type PrefixSpace, withPrefixSpace } from "./prefix_space.ts";
import { Unigram } from "../models/unigram.ts";
import { ListedVocabulary, type Vocabulary } from "../models/vocabulary.ts";
import { type QuickVocab, readVocabQuickly } from "./vocab_reader.ts";

/** Larger ids would need a table of gigabytes; no vocabulary is that large. */
export const MOST_IDS = 2 ** 24;

const SECTIONS: readonly string[] = [
  "version",
  "truncation",
  "padding",
  "added_tokens",
  "normalizer",
  "pre_tokenizer",
  "post_processor",
  "decoder",
  "model",
];

/** Settings from tokenizer.json's `truncation` and `padding` sections; transformers uses only defaults from them. */
export interface JsonDefaults {
  truncationSide?: "left" | "right";
  paddingSide?: "left" | "right";
  padToken?: string;
}

/** A tokenizer.json, parsed and validated. */
export interface TokenizerJson {
  parts: PipelineParts;
  added: { id: number; token: AddedToken }[];
  defaults: JsonDefaults;
}

/**
 * Reads the bytes of a tokenizer.json.
 *
 * @param prefix an external setting for the prefix space
 * @throws DataError in one line naming the file and the entry.
 */
export function readTokenizerJson(bytes: Uint8Array, file: string, prefix?: PrefixSpace): TokenizerJson {
  const { root, quick } = readSections(bytes, file);
  refuseUnknown(root, file);
  if (prefix !== undefined) root.record.pre_tokenizer = withPrefixSpace(root.get("pre_tokenizer"), prefix);
  const model = readModel(root.object("model"), quick);
  const section = <T>(name: string, build: (fields: Fields) => T): T | undefined =>
    root.has(name) ? build(root.object(name)) : undefined;
  const defaults: JsonDefaults = {};
  section("truncation", (fields) => {
    defaults.truncationSide = fields.choice("direction", ["Left", "Right"], "Right").toLowerCase() as
      | "left"
      | "right";
    fields.integer("max_length", 0, Number.MAX_SAFE_INTEGER);
    fields.choice("strategy", ["LongestFirst", "OnlyFirst", "OnlySecond"], "LongestFirst");
    fields.integer("stride", 0, Number.MAX_SAFE_INTEGER, 0);
  });
  section("padding", (fields) => {
    defaults.paddingSide = fields.choice("direction", ["Left", "Right"], "Right").toLowerCase() as
      | "left"
      | "right";
    defaults.padToken = fields.string("pad_token");
    fields.integer("pad_id", 0, MOST_IDS);
  });
  return {
    parts: {
      model,
      normalizer: section("normalizer", buildNormalizer),
      preTokenizer: section("pre_tokenizer", buildPreTokenizer),
      postProcessor: section("post_processor", buildPostProcessor),
      decoder: section("decoder", buildDecoder),
      holdBack: section("decoder", holdBackOf) ?? "nothing",
    },
    added: readAdded(root, model),
    defaults,
  };
}

/** The file's sections, and the part of the vocabulary already read. */
function readSections(bytes: Uint8Array, file: string): { root: Fields; quick?: QuickVocab } {
  const quick = readVocabQuickly(bytes);
  if (quick !== undefined) {
    try {
      const root = Fields.of(parseJson(quick.rest, file), file);
      // With a prefix, merges join differently.
      if (root.object("model").string("continuing_subword_prefix", "") === "") return { root, quick };
    } catch {
      // The error is reported below, with its position in the whole file.
    }
  }
  return { root: Fields.of(parseJson(bytes, file), file) };
}

/** Refuses unknown sections: a misspelled name, or one of a future version, would be ignored silently. */
function refuseUnknown(root: Fields, file: string): void {
  const unknown = Object.keys(root.record).find((name) => !SECTIONS.includes(name));
  if (unknown !== undefined) {
    throw new DataError(`${file}: expected sections like "model" and "decoder", got ${show(unknown)}`);
  }
  if (root.get("version") !== undefined) root.choice("version", ["1.0"]);
}

function readAdded(root: Fields, model: TokenModel): { id: number; token: AddedToken }[] {
  if (!root.has("added_tokens")) return [];
  const names = new Map<number, string>();
  return root.objects("added_tokens").map((section) => {
    const token = readAddedToken(section);
    const id = section.integer("id", 0, MOST_IDS);
    // The vocabulary's own id takes precedence over the one given here.
    if (model.vocab.get(token.content) !== undefined) return { id, token };
    const holder = names.get(id) ?? model.vocab.tokenOf(id);
    if (holder !== undefined && holder !== token.content) {
      section.fail("id", `an id that is free (${show(holder)} has it)`);
    }
    names.set(id, token.content);
    return { id, token };
  });
}

function readModel(section: Fields, quick?: QuickVocab): TokenModel {
  const guessed = section.has("merges") ? "BPE" : Array.isArray(section.get("vocab")) ? "Unigram" : undefined;
  const type = section.has("type") ? section.string("type") : guessed ?? section.string("type");
  if (type === "BPE") return readBpe(section, quick);
  if (type === "Unigram") return readUnigram(section);
  return section.fail("type", "BPE or Unigram");
}

/** The slow way to read `model.vocab`, with error messages. */
function readVocab(section: Fields): ListedVocabulary {
  const { record } = section.object("vocab");
  const vocab = new Map<string, number>();
  const tokens: (string | undefined)[] = [];
  const where = section.path("vocab");
  for (const token in record) {
    const id = record[token];
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > MOST_IDS) {
      throw new DataError(
        `${where}[${show(token)}]: expected an integer id from 0 to ${MOST_IDS}, got ${show(id)}`,
      );
    }
    while (tokens.length < id) tokens.push(undefined);
    if (tokens[id] !== undefined) {
      throw new DataError(
        `${where}[${show(token)}]: expected an id of its own, got ${id}, which ${show(tokens[id])} has`,
      );
    }
    tokens[id] = token;
    vocab.set(token, id);
  }
  return new ListedVocabulary(vocab, tokens);
}

function readBpe(section: Fields, quick?: QuickVocab): Bpe {
  const prefix = section.string("continuing_subword_prefix", "");
  const vocab = quick?.vocab ?? readVocab(section);
  const unk = section.has("unk_token") ? section.string("unk_token") : undefined;
  if (unk !== undefined && vocab.get(unk) === undefined) section.fail("unk_token", "a token of model.vocab");
  const dropout = section.has("dropout") ? section.number("dropout") : 0;
  if (dropout < 0 || dropout > 1) section.fail("dropout", "a number from 0 to 1");
  return new Bpe({
    vocab,
    merges: quick?.merges ?? readMerges(section, vocab, prefix),
    unkId: unk === undefined ? undefined : vocab.get(unk),
    fuseUnk: section.boolean("fuse_unk", false),
    byteFallback: section.boolean("byte_fallback", false),
    ignoreMerges: section.boolean("ignore_merges", false),
    continuingSubwordPrefix: prefix,
    endOfWordSuffix: section.string("end_of_word_suffix", ""),
    dropout,
  });
}

function readMerges(section: Fields, vocab: Vocabulary, prefix: string): PairMap {
  const list = section.array("merges");
  const merges = new PairMap(list.length);
  const ranked = new Map<number, number>();
  for (let rank = 0; rank < list.length; rank++) {
    const merge = list[rank];
    let left: unknown;
    let right: unknown;
    if (typeof merge === "string") {
      const blank = merge.indexOf(" ");
      if (blank === -1 || merge.indexOf(" ", blank + 1) !== -1) failMerge(section, rank, "two parts", merge);
      left = merge.slice(0, blank);
      right = merge.slice(blank + 1);
    } else if (Array.isArray(merge) && merge.length === 2) [left, right] = merge;
    if (typeof left !== "string" || typeof right !== "string") failMerge(section, rank, "two parts", merge);
    const first = vocab.get(left);
    const second = vocab.get(right);
    const joined = vocab.get(left + (prefix === "" ? right : right.slice(prefix.length)));
    if (first === undefined) failMerge(section, rank, "a token of model.vocab", left);
    if (second === undefined) failMerge(section, rank, "a token of model.vocab", right);
    if (joined === undefined) failMerge(section, rank, "a merge whose result is in model.vocab", merge);
    if (!merges.add(first, second, rank, joined)) {
      // The reference keeps the last of two equal merges.
      ranked.set(merges.find(first, second), rank);
    }
  }
  for (const [slot, rank] of ranked) merges.data[slot + FIRST] = rank;
  return merges;
}

function failMerge(section: Fields, rank: number, expected: string, got: unknown): never {
  throw new DataError(`${section.path("merges")}[${rank}]: expected ${expected}, got ${show(got)}`);
}

function readUnigram(section: Fields): Unigram {
  const list = section.array("vocab");
  const vocab = new Map<string, number>();
  const tokens: string[] = [];
  const scores = new Float64Array(list.length);
  list.forEach((entry, id) => {
    const [token, score] = Array.isArray(entry) && entry.length === 2 ? entry as unknown[] : [];
    if (typeof token !== "string" || typeof score !== "number" || !Number.isFinite(score)) {
      throw new DataError(`${section.path("vocab")}[${id}]: expected [token, score], got ${show(entry)}`);
    }
    if (vocab.has(token)) {
      throw new DataError(
        `${section.path("vocab")}[${id}]: expected a token of its own, got ${show(token)} a second time`,
      );
    }
    vocab.set(token, id);
    tokens.push(token);
    scores[id] = score;
  });
  const unkId = section.has("unk_id") ? section.integer("unk_id", 0, list.length - 1) : undefined;
  return new Unigram({ vocab, tokens, scores, unkId, byteFallback: section.boolean("byte_fallback", false) });
}
