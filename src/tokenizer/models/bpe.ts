import { type Dropout, mergeSymbols } from "./merge.ts";
import { byteTokenIds, type TokenModel, type WordTokens } from "./model.ts";
import type { PairMap } from "./pair_map.ts";
import type { Vocabulary } from "./vocabulary.ts";

const encoder = new TextEncoder();
/** Longer words rarely repeat. */
const MAX_LENGTH = 48;
const MAX_WORDS = 20_000;
const METASPACE = 0x2581;
/** States in the table of characters. */
const [UNASKED, NO_TOKEN, FIRST_ID] = [0, 1, 2];

/** The fields of tokenizer.json's `model` that BPE uses, validated. */
export interface BpeOptions {
  vocab: Vocabulary;
  /** pair of ids → rank, merged id */
  merges: PairMap;
  unkId?: number;
  fuseUnk: boolean;
  byteFallback: boolean;
  ignoreMerges: boolean;
  continuingSubwordPrefix: string;
  endOfWordSuffix: string;
  /** Probability of skipping a merge. */
  dropout: number;
}

/** Byte-pair encoding as in tokenizers' BPE: by merge rank, with byte fallback and fused unknowns. */
export class Bpe implements TokenModel {
  readonly vocab: Vocabulary;
  #options: BpeOptions;
  #bytes: Int32Array;
  /** Ids of characters of one UTF-16 unit, starting at `FIRST_ID`. */
  #characters = new Int32Array(0x10000);
  #words = new Map<string, WordTokens>();
  #splits: boolean;
  #dropout?: Dropout;

  constructor(options: BpeOptions) {
    this.vocab = options.vocab;
    this.#options = options;
    this.#bytes = byteTokenIds(options.vocab);
    this.#splits = !options.ignoreMerges && options.continuingSubwordPrefix === "" &&
      options.endOfWordSuffix === "" &&
      options.vocab.get("▁") !== undefined && !mergesAcrossWords(options.vocab);
    if (options.dropout > 0) this.#dropout = { skip: () => Math.random() < options.dropout, reinsert: true };
  }

  /** Words start before each "▁" that follows another character, if no merge spans such a position. */
  pieceEnd(text: string, start: number): number {
    if (!this.#splits) return text.length;
    let at = text.indexOf("▁", start + 1);
    while (at !== -1 && text.charCodeAt(at - 1) === METASPACE) at = text.indexOf("▁", at + 1);
    return at === -1 ? text.length : at;
  }

  encodeWord(word: string): WordTokens {
    if (word.length > MAX_LENGTH || this.#dropout !== undefined) return this.#encode(word);
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const tokens = this.#encode(word);
    if (this.#words.size >= MAX_WORDS) this.#words.clear();
    this.#words.set(word, tokens);
    return tokens;
  }

  #encode(word: string): WordTokens {
    if (this.#options.ignoreMerges) {
      const id = this.vocab.get(word);
      if (id !== undefined) return { ids: [id], starts: [0], ends: [word.length] };
    }
    const initial = this.#symbols(word);
    const merged = mergeSymbols(initial.ids, this.#options.merges, undefined, this.#dropout);
    const starts: number[] = [];
    const ends: number[] = [];
    let at = 0;
    for (const count of merged.counts) {
      starts.push(initial.starts[at]);
      at += count;
      ends.push(initial.ends[at - 1]);
    }
    return { ids: merged.ids, starts, ends };
  }

  /** Id of a character; cached, as most repeat many times. */
  #character(word: string, start: number, end: number): number | undefined {
    const unit = end - start === 1 ? word.charCodeAt(start) : -1;
    const known = unit === -1 ? UNASKED : this.#characters[unit];
    if (known !== UNASKED) return known === NO_TOKEN ? undefined : known - FIRST_ID;
    const id = this.vocab.get(word.slice(start, end));
    if (unit !== -1) this.#characters[unit] = id === undefined ? NO_TOKEN : id + FIRST_ID;
    return id;
  }

  /** One symbol per character; unknown characters become byte tokens or (fused) unknowns. */
  #symbols(word: string): { ids: number[]; starts: number[]; ends: number[] } {
    const { continuingSubwordPrefix: prefix, endOfWordSuffix: suffix, byteFallback, fuseUnk, unkId } =
      this.#options;
    const out = { ids: [] as number[], starts: [] as number[], ends: [] as number[] };
    const add = (id: number, start: number, end: number): void => {
      out.ids.push(id);
      out.starts.push(start);
      out.ends.push(end);
    };
    let unkStart = -1;
    let unkEnd = -1;
    for (let i = 0; i < word.length;) {
      const width = (word.codePointAt(i) as number) > 0xffff ? 2 : 1;
      const end = i + width;
      const before = i > 0 ? prefix : "";
      const after = end === word.length ? suffix : "";
      const id = before === "" && after === ""
        ? this.#character(word, i, end)
        : this.vocab.get(before + word.slice(i, end) + after);
      if (id !== undefined) {
        if (unkStart !== -1) add(unkId as number, unkStart, unkEnd);
        unkStart = -1;
        add(id, i, end);
      } else {
        const bytes = byteFallback ? encoder.encode(before + word.slice(i, end) + after) : undefined;
        if (bytes?.every((byte) => this.#bytes[byte] !== -1)) {
          for (const byte of bytes) add(this.#bytes[byte], i, end);
        } else if (unkId !== undefined) {
          if (unkStart !== -1 && !fuseUnk) {
            add(unkId, unkStart, unkEnd);
            unkStart = -1;
          }
          if (unkStart === -1) unkStart = i;
          unkEnd = end;
        }
      }
      i = end;
    }
    if (unkStart !== -1) add(unkId as number, unkStart, unkEnd);
    return out;
  }
}

/** True if a token has a "▁" after another character, so that words cannot be encoded separately. */
function mergesAcrossWords(vocab: Vocabulary): boolean {
  for (const token of vocab.keys()) {
    for (let at = token.indexOf("▁", 1); at !== -1; at = token.indexOf("▁", at + 1)) {
      if (token.charCodeAt(at - 1) !== METASPACE) return true;
    }
  }
  return false;
}
