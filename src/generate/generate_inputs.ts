import type { Tensor } from "../gpu/tensor.ts";
import type { Cache } from "../model/cache/cache_base.ts";
import type { TokenMatrix } from "../model/forward/inputs.ts";
import type { GenerationConfig } from "./options/generation_config.ts";
import type { GenerationFields } from "./options/table.ts";
import type { LogitsProcessor } from "./processors/types.ts";
import type { StopTokenizer } from "./sampling/stop_strings.ts";
import type { Streamer } from "./streamer.ts";

/**
 * What `generate` takes: prompts, and fields of GenerationConfig. A field that is left out is what the config passed
 * with the call says, else the model's own; null takes back what those say.
 */
export interface GenerateInputs extends Readonly<Partial<GenerationFields>> {
  /** Prompts, [batch, tokens]; rows of nested arrays may differ in length. */
  readonly inputIds?: TokenMatrix;
  /** Embeddings of the prompts, [batch, tokens, hidden size]; without inputIds, only new tokens come back. */
  readonly inputsEmbeds?: Tensor;
  /** Holds the first tokens of the prompts already; afterwards, all but the last token of what was made. */
  readonly pastKeyValues?: Cache;
  /** With guidanceScale, what the prompts are held against, a row for each; their last tokens unless told. */
  readonly negativePromptIds?: TokenMatrix | null;
  /** 0 for padding, of the shape of negativePromptIds. */
  readonly negativePromptAttentionMask?: TokenMatrix | null;
  /** 0 for padding, of the shape of inputIds. Without it, every padTokenId that is no eosTokenId is padding. */
  readonly attentionMask?: TokenMatrix;
  /** Equal seeds draw equal tokens, whatever else is in the batch; random unless told. */
  readonly seed?: number | bigint | null;
  /** Wins over the model's own config where it says something. */
  readonly generationConfig?: GenerationConfig | null;
  /** Needed by stopStrings. */
  readonly tokenizer?: StopTokenizer | null;
  /** Told of tokens as they come; one prompt and one sequence only. */
  readonly streamer?: Streamer | null;
  /** Ends the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal | null;
  /** Further changes of scores, made on the host, before those of sampling. */
  readonly logitsProcessor?: readonly LogitsProcessor[] | null;
}

/** Tokens that have just come. */
export interface GenerationChunk {
  /** Which of generate's rows they belong to. */
  readonly row: number;
  /** New tokens, those that end the sequence too. */
  readonly tokens: readonly number[];
  /** There with the last tokens of a row. */
  readonly finishReason?: "stop" | "length";
}
