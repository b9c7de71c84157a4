/** Reads golden files of make_golden.py and names the tokenizers that produced them. */
import { readTokenizerConfig } from "../../src/tokenizer/config.ts";
import type { TokenizerFiles, TokenizerOptions } from "../../src/tokenizer/config_types.ts";
import { LlamaTokenizerFast } from "../../src/tokenizer/fast.ts";
import { fastParts } from "../../src/tokenizer/load.ts";
import { LlamaTokenizer } from "../../src/tokenizer/slow.ts";
import { gunzip, llama2Json, llama2Model, llama3Json } from "./vocabularies.ts";

interface Kind {
  like: string | null;
  /** Delta-encoded ids; null: as in `like`. */
  ids: (number[] | null)[];
  decoded: (string | null)[];
  skipped: (string | null)[];
}

/** A golden file. */
export interface Golden {
  texts: string[];
  kinds: Record<string, Kind>;
}

/** Recorded answers for every text. */
export interface Rows {
  ids: number[][];
  decoded: string[];
  /** Decoded without special tokens. */
  skipped: string[];
}

type Tokenizer = LlamaTokenizer | LlamaTokenizerFast;

/** A fast tokenizer from files in memory. */
export function fast(files: TokenizerFiles, options: TokenizerOptions = {}): LlamaTokenizerFast {
  return new LlamaTokenizerFast(fastParts(files, options));
}

function slow(files: TokenizerFiles, legacy: boolean): LlamaTokenizer {
  return new LlamaTokenizer(files, readTokenizerConfig(files, { legacy }));
}

async function unigram(): Promise<TokenizerFiles> {
  return { "tokenizer.model": await gunzip("unigram.model.gz") };
}

/** The tokenizers by the names in golden files. */
export const makers: Record<string, () => Promise<Tokenizer> | Tokenizer> = {
  "llama2-fast": () => fast(llama2Json()),
  "llama2-fast-new": () => fast(llama2Model(), { legacy: false }),
  "llama2-slow": () => slow(llama2Model(), true),
  "llama2-slow-new": () => slow(llama2Model(), false),
  "llama3": () => fast(llama3Json()),
  "unigram-slow": async () => slow(await unigram(), true),
  "unigram-slow-new": async () => slow(await unigram(), false),
};

/** The recorded answers of a kind, decompressed. */
export function rowsOf(golden: Golden, name: string): Rows {
  const kind = golden.kinds[name];
  const like = kind.like === null ? undefined : rowsOf(golden, kind.like);
  const skipped = kind.skipped.map((text, k) => text ?? golden.texts[k]);
  const bos = name === "llama3" ? "<|begin_of_text|>" : "<s>";
  const ids = kind.ids.map((row, k) => {
    let id = 0;
    return row?.map((step) => id += step) ?? like?.ids[k] ?? [];
  });
  return {
    ids,
    skipped,
    decoded: kind.decoded.map((text, k) => text ?? like?.decoded[k] ?? bos + skipped[k]),
  };
}

/** Reads a compressed golden file from this folder or by its URL. */
export async function readGolden(name: string): Promise<Golden> {
  return JSON.parse(new TextDecoder().decode(await gunzip(name))) as Golden;
}

/** Differences from the recorded answers, one line each. */
export async function* differences(golden: Golden): AsyncGenerator<string> {
  for (const [name, make] of Object.entries(makers)) {
    const [tokenizer, rows] = [await make(), rowsOf(golden, name)];
    for (const [k, text] of golden.texts.entries()) {
      const same = tokenizer.encode(text).join() === rows.ids[k].join() &&
        tokenizer.decode(rows.ids[k]) === rows.decoded[k] &&
        tokenizer.decode(rows.ids[k], { skipSpecialTokens: true }) === rows.skipped[k];
      if (!same) yield `${name}: ${JSON.stringify(text)}`;
    }
  }
}
