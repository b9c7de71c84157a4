import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";
import { byteTokenIds, type TokenModel, type WordTokens } from "./model.ts";
import { Trie } from "./trie.ts";
import { ListedVocabulary } from "./vocabulary.ts";

const encoder = new TextEncoder();
/** Score difference between the worst token and an unknown character. */
const UNK_PENALTY = 10;

/** tokenizer.json's Unigram model: the most likely segmentation of a word by its tokens' log-probabilities. */
export interface UnigramOptions {
  vocab: ReadonlyMap<string, number>;
  tokens: readonly string[];
  /** Log-probability by id. */
  scores: Float64Array;
  unkId?: number;
  byteFallback: boolean;
}

/** Unigram as in tokenizers (Viterbi in float64, unknown characters fused, then byte fallback). */
export class Unigram implements TokenModel {
  readonly vocab: ListedVocabulary;
  #options: UnigramOptions;
  #bytes: Int32Array;
  #trie: Trie;
  #unkScore: number;

  constructor(options: UnigramOptions) {
    this.vocab = new ListedVocabulary(options.vocab, options.tokens);
    this.#options = options;
    this.#bytes = byteTokenIds(this.vocab);
    this.#trie = new Trie(options.tokens);
    let least = Infinity;
    for (const score of options.scores) least = Math.min(least, score);
    this.#unkScore = least - UNK_PENALTY;
  }

  encodeWord(word: string): WordTokens {
    const { scores, unkId, byteFallback } = this.#options;
    const length = word.length;
    const best = new Float64Array(length + 1);
    const from = new Int32Array(length + 1).fill(-1);
    const tokenAt = new Int32Array(length + 1).fill(-1);
    for (let start = 0; start < length;) {
      const width = (word.codePointAt(start) as number) > 0xffff ? 2 : 1;
      let single = false;
      this.#trie.walk(word, start, (end, id) => {
        const score = best[start] + scores[id];
        if (from[end] === -1 || score > best[end]) {
          best[end] = score;
          from[end] = start;
          tokenAt[end] = id;
        }
        if (end === start + width) single = true;
      });
      const end = start + width;
      if (!single && (from[end] === -1 || best[start] + this.#unkScore > best[end])) {
        best[end] = best[start] + this.#unkScore;
        from[end] = start;
        tokenAt[end] = -1;
      }
      start = end;
    }
    const pieces: { id: number; start: number; end: number }[] = [];
    for (let end = length; end > 0; end = from[end]) {
      const last = pieces[pieces.length - 1];
      const unknown = tokenAt[end] === -1 || tokenAt[end] === unkId;
      if (unknown && last !== undefined && last.id === -1) last.start = from[end];
      else pieces.push({ id: unknown ? -1 : tokenAt[end], start: from[end], end });
    }
    const out = { ids: [] as number[], starts: [] as number[], ends: [] as number[] };
    for (const { id, start, end } of pieces.reverse()) {
      const known = id === -1 ? this.vocab.get(word.slice(start, end)) : id;
      const bytes = known === undefined && byteFallback ? encoder.encode(word.slice(start, end)) : undefined;
      if (bytes?.every((byte) => this.#bytes[byte] !== -1)) {
        for (const byte of bytes) add(this.#bytes[byte], start, end);
        continue;
      }
      const own = known ?? unkId;
      if (own === undefined) {
        const text = kindOf(word.slice(start, end));
        throw new DataError(`model.unk_id: expected one, as no token makes ${text}`);
      }
      add(own, start, end);
    }
    return out;

    function add(id: number, start: number, end: number): void {
      out.ids.push(id);
      out.starts.push(start);
      out.ends.push(end);
    }
  }
}
