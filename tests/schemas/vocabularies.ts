/** The tokens' bytes of three vocabularies: SentencePiece, byte-level, and the first tokens of the byte-level one. */
import { fast } from "../../testdata/tokenizer/golden.ts";
import { llama2Json, llama3Json } from "../../testdata/tokenizer/vocabularies.ts";
import type { LlamaTokenizerFast } from "../../src/tokenizer/mod.ts";
import { tokenBytes } from "../../src/tokenizer/token_bytes.ts";

/** A vocabulary; tokens without text are undefined. */
export interface Named {
  readonly name: string;
  readonly texts: readonly (Uint8Array | undefined)[];
  readonly size: number;
}

/** The three vocabularies: 32,000, 49,152 and 128,256 tokens. */
export function vocabularies(): Named[] {
  const large = fast(llama3Json());
  return [
    named("sentencepiece", fast(llama2Json()), 32_000),
    // A byte-level vocabulary lists its merges by rank, so its beginning is one too.
    named("cut", large, 49_152, 49_151),
    named("byte-level", large, 128_256),
  ];
}

/** @param last id from which on tokens have no text */
function named(name: string, tokenizer: LlamaTokenizerFast, size: number, last = size): Named {
  const { added } = tokenizer.pipeline;
  const texts = Array.from({ length: size }, (_, id) => {
    const bytes = id < last && !added.has(id) ? tokenBytes(tokenizer, id) : undefined;
    return bytes?.length ? bytes : undefined;
  });
  return { name, texts, size };
}
