/**
 * Text ⇄ ids for Llama models, equal to transformers' tokenizers. Does not use the GPU.
 *
 * @module
 */
export { LlamaTokenizerFast } from "./fast.ts";
export { LlamaTokenizer } from "./slow.ts";
export { StreamDecoder, type StreamOptions } from "./stream.ts";
export type { BatchEncoding, CallOptions } from "./batch.ts";
export { type ChatOptions, type DecodeOptions, type EncodeOptions, TokenizerBase } from "./base.ts";
export { type ChatMessage, loadTemplateEngine } from "./chat_template.ts";
export type { SamplingOptions, TokenizerOptions } from "./config_types.ts";
export type { AddedToken } from "./text/added_tokens.ts";

import { LlamaTokenizerFast } from "./fast.ts";
import { loadFast } from "./load.ts";

/**
 * Loads the tokenizer of a model folder: tokenizer.json, or else a converted tokenizer.model. Chat templates need
 * {@linkcode loadTemplateEngine} too.
 *
 * @throws DataError naming the problem, or if neither file exists.
 */
export async function loadTokenizer(directory: string): Promise<LlamaTokenizerFast> {
  return new LlamaTokenizerFast(await loadFast(directory, {}));
}
