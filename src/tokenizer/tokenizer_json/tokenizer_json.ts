import { DataError } from "../../base/errors.ts";
import { type AddedToken, readAddedToken } from "../text/added_tokens.ts";
import { Bpe } from "../models/bpe.ts";
import { buildDecoder, holdBackOf } from "./decoders.ts";
import { Fields, REQUIRED } from "../../base/fields.ts";
import { kindOf } from "../../base/json.ts";
import { parseJson } from "../../base/json.ts";
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

/** Nesting as in serde_json, the reference's reader; a vocabulary may have any number of merges. */
const LIMITS = { maxDepth: 128, maxValues: Infinity };

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
  const model = readModel(root.object("model"), quick);
  const built = <T>(value: unknown, name: string, build: (fields: Fields) => T): T | undefined =>
    value === undefined ? undefined : build(Fields.of(value, root.path(name)));
  const section = <T>(name: string, build: (fields: Fields) => T) => built(root.get(name), name, build);
  const preTokenizer = prefix === undefined
    ? root.get("pre_tokenizer")
    : withPrefixSpace(root.get("pre_tokenizer"), prefix);
  const defaults: JsonDefaults = {};
  section("truncation", (fields) => {
    defaults.truncationSide = sideOf(fields);
    fields.integer("max_length", REQUIRED, { min: 0, max: Number.MAX_SAFE_INTEGER });
    fields.choice("strategy", ["LongestFirst", "OnlyFirst", "OnlySecond"], null);
    fields.integer("stride", null, { min: 0, max: Number.MAX_SAFE_INTEGER });
  });
  section("padding", (fields) => {
    defaults.paddingSide = sideOf(fields);
    defaults.padToken = fields.string("pad_token", REQUIRED);
    fields.integer("pad_id", REQUIRED, { min: 0, max: MOST_IDS });
  });
  return {
    parts: {
      model,
      normalizer: section("normalizer", buildNormalizer),
      preTokenizer: built(preTokenizer, "pre_tokenizer", buildPreTokenizer),
      postProcessor: section("post_processor", buildPostProcessor),
      decoder: section("decoder", buildDecoder),
      holdBack: section("decoder", holdBackOf) ?? "nothing",
    },
    added: readAdded(root, model),
    defaults,
  };
}

function sideOf(fields: Fields): "left" | "right" {
  return fields.choice("direction", ["Left", "Right"], null) === "Left" ? "left" : "right";
}

/** The file's sections, and the part of the vocabulary already read. */
function readSections(bytes: Uint8Array, file: string): { root: Fields; quick?: QuickVocab } {
  const quick = readVocabQuickly(bytes);
  if (quick !== undefined) {
    try {
      const root = Fields.of(parseJson(quick.rest, file, LIMITS), file);
      // With a prefix, merges join differently.
      if (!root.object("model").string("continuing_subword_prefix", null)) return { root, quick };
    } catch {
      // The error is reported below, with its position in the whole file.
    }
  }
  return { root: Fields.of(parseJson(bytes, file, LIMITS), file) };
}

/** Refuses unknown sections: a misspelled name, or one of a future version, would be ignored silently. */
function refuseUnknown(root: Fields, file: string): void {
  const unknown = root.keys().find((name) => !SECTIONS.includes(name));
  if (unknown !== undefined) {
    throw new DataError(`${file}: expected sections like "model" and "decoder", got ${kindOf(unknown)}`);
  }
  if (root.has("version")) root.choice("version", ["1.0"], REQUIRED);
}

function readAdded(root: Fields, model: TokenModel): { id: number; token: AddedToken }[] {
  if (!root.given("added_tokens")) return [];
  const names = new Map<number, string>();
  return root.objects("added_tokens").map((section) => {
    const token = readAddedToken(section);
    const id = section.integer("id", REQUIRED, { min: 0, max: MOST_IDS });
    // The vocabulary's own id takes precedence over the one given here.
    if (model.vocab.get(token.content) !== undefined) return { id, token };
    const holder = names.get(id) ?? model.vocab.tokenOf(id);
    if (holder !== undefined && holder !== token.content) {
      section.refuse("id", `an id that is free (${kindOf(holder)} has it)`);
    }
    names.set(id, token.content);
    return { id, token };
  });
}

function readModel(section: Fields, quick?: QuickVocab): TokenModel {
  const isUnigram = Array.isArray(section.get("vocab"));
  const guessed = section.given("merges") ? "BPE" : isUnigram ? "Unigram" : null;
  const type = section.string("type", null) ?? guessed ?? section.string("type", REQUIRED);
  if (type === "BPE") return readBpe(section, quick);
  if (type === "Unigram") return readUnigram(section);
  return section.refuse("type", "BPE or Unigram");
}

/** The slow way to read `model.vocab`, with error messages. */
function readVocab(section: Fields): ListedVocabulary {
  const record = section.record("vocab") ?? section.refuse("vocab", "an object");
  const vocab = new Map<string, number>();
  const tokens: (string | undefined)[] = [];
  const where = section.path("vocab");
  for (const token in record) {
    const id = record[token];
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > MOST_IDS) {
      throw new DataError(
        `${where}[${kindOf(token)}]: expected an integer id from 0 to ${MOST_IDS}, got ${kindOf(id)}`,
      );
    }
    while (tokens.length < id) tokens.push(undefined);
    if (tokens[id] !== undefined) {
      throw new DataError(
        `${where}[${kindOf(token)}]: expected an id of its own, got ${id}, which ${kindOf(tokens[id])} has`,
      );
    }
    tokens[id] = token;
    vocab.set(token, id);
  }
  return new ListedVocabulary(vocab, tokens);
}

function readBpe(section: Fields, quick?: QuickVocab): Bpe {
  const prefix = section.string("continuing_subword_prefix", null) ?? "";
  const vocab = quick?.vocab ?? readVocab(section);
  const unk = section.string("unk_token", null);
  if (unk !== null && vocab.get(unk) === undefined) section.refuse("unk_token", "a token of model.vocab");
  const dropout = section.number("dropout", null) ?? 0;
  if (dropout < 0 || dropout > 1) section.refuse("dropout", "a number from 0 to 1");
  return new Bpe({
    vocab,
    merges: quick?.merges ?? readMerges(section, vocab, prefix),
    unkId: unk === null ? undefined : vocab.get(unk),
    fuseUnk: section.boolean("fuse_unk", null) ?? false,
    byteFallback: section.boolean("byte_fallback", null) ?? false,
    ignoreMerges: section.boolean("ignore_merges", null) ?? false,
    continuingSubwordPrefix: prefix,
    endOfWordSuffix: section.string("end_of_word_suffix", null) ?? "",
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
  throw new DataError(`${section.path("merges")}[${rank}]: expected ${expected}, got ${kindOf(got)}`);
}

function readUnigram(section: Fields): Unigram {
  const list = section.array("vocab");
  const vocab = new Map<string, number>();
  const tokens: string[] = [];
  const scores = new Float64Array(list.length);
  list.forEach((entry, id) => {
    const [token, score] = Array.isArray(entry) && entry.length === 2 ? entry as unknown[] : [];
    if (typeof token !== "string" || typeof score !== "number" || !Number.isFinite(score)) {
      throw new DataError(`${section.path("vocab")}[${id}]: expected [token, score], got ${kindOf(entry)}`);
    }
    if (vocab.has(token)) {
      throw new DataError(
        `${section.path("vocab")}[${id}]: expected a token of its own, got ${kindOf(token)} a second time`,
      );
    }
    vocab.set(token, id);
    tokens.push(token);
    scores[id] = score;
  });
  const unkId = section.integer("unk_id", null, { min: 0, max: list.length - 1 }) ?? undefined;
  const byteFallback = section.boolean("byte_fallback", null) ?? false;
  return new Unigram({ vocab, tokens, scores, unkId, byteFallback });
}
