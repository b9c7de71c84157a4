import type { Constraint } from "../constraint/constraint.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Cache } from "../model/cache/cache_base.ts";
import type { TokenMatrix } from "../model/forward/inputs.ts";
import type { GenerationConfig } from "./options/generation_config.ts";
import type { GenerationFields } from "./options/table.ts";
import type { LogitsProcessor } from "./processors/types.ts";
import type { StopTokenizer } from "./sampling/stop_strings.ts";
import type { Streamer } from "./streamer.ts";

/**
 * Inputs of `generate`: prompts, and fields of GenerationConfig. An omitted field falls back to the config
 * passed with the call, then to the model's own; null resets it to the default.
 */
export interface GenerateInputs extends Readonly<Partial<GenerationFields>> {
  /** Prompts, [batch, tokens]; rows of nested arrays may differ in length. */
  readonly inputIds?: TokenMatrix;
  /** Embeddings of the prompts, [batch, tokens, hidden size]; without inputIds, only new tokens are returned. */
  readonly inputsEmbeds?: Tensor;
  /** Already holds the first tokens of the prompts; afterwards, all tokens except the last generated one. */
  readonly pastKeyValues?: Cache;
  /**
   * With guidanceScale, negative prompts for classifier-free guidance, one row each; default: the prompts'
   * last tokens.
   */
  readonly negativePromptIds?: TokenMatrix | null;
  /** 0 for padding; same shape as negativePromptIds. */
  readonly negativePromptAttentionMask?: TokenMatrix | null;
  /**
   * 0 for padding; same shape as inputIds. Default: every padTokenId that is not an eosTokenId is padding.
   */
  readonly attentionMask?: TokenMatrix;
  /** Equal seeds draw equal tokens, whatever else is in the batch; default: random. */
  readonly seed?: number | bigint | null;
  /** Overrides the model's own config. */
  readonly generationConfig?: GenerationConfig | null;
  /**
   * The language that new tokens are held to: values of a JSON schema, texts that match a regular expression, or a mix.
   * Needs a LlamaTokenizerFast as the tokenizer; not with beams, guidance, inputsEmbeds or pastKeyValues.
   */
  readonly constraint?: Constraint | null;
  /** Required by stopStrings and constraint. */
  readonly tokenizer?: StopTokenizer | null;
  /** Receives tokens as they are generated; one prompt and one sequence only. */
  readonly streamer?: Streamer | null;
  /** Aborts the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal | null;
  /** Custom logits processors, run on the host before those of sampling. */
  readonly logitsProcessor?: readonly LogitsProcessor[] | null;
}

/** Newly generated tokens. */
export interface GenerationChunk {
  /** Index of the output row they belong to. */
  readonly row: number;
  /** New tokens, including those that end the sequence. */
  readonly tokens: readonly number[];
  /** Set with the last tokens of a row. */
  readonly finishReason?: "stop" | "length";
}
