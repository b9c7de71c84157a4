import type { AddedToken } from "./text/added_tokens.ts";
import type { SpecialName } from "./classes.ts";
import type { HoleTokens } from "./infilling.ts";

/** Settings of the caller; transformers' names in camelCase. They take precedence over the files. */
export interface TokenizerOptions {
  /** Start of a sequence; null: none. */
  bosToken?: string | null;
  /** End of a sequence; null: none. */
  eosToken?: string | null;
  /** Replaces text that is not in the vocabulary; null: none. */
  unkToken?: string | null;
  /** Padding; null: none. */
  padToken?: string | null;
  /** Additional special tokens. */
  additionalSpecialTokens?: string[];
  /** Adds the BOS token. */
  addBosToken?: boolean;
  /** Adds the EOS token. */
  addEosToken?: boolean;
  /** null: set by the files. A value rebuilds a fast tokenizer from tokenizer.model. */
  addPrefixSpace?: boolean | null;
  /** Adds a prefix space to text after a special token too (transformers before #24622). */
  legacy?: boolean;
  /** Removes spaces before punctuation when decoding. */
  cleanUpTokenizationSpaces?: boolean;
  /** Adds spaces around added tokens when decoding (slow tokenizer). */
  spacesBetweenSpecialTokens?: boolean;
  /** Adds Llama 2's system prompt to chats. */
  useDefaultSystemPrompt?: boolean;
  /** SentencePiece's sampling of segmentations, for the slow tokenizer only. */
  spModelKwargs?: SamplingOptions;
  /** Converts tokenizer.model even if there is a tokenizer.json. */
  fromSlow?: boolean;
  /** Maximum number of tokens for the model. */
  modelMaxLength?: number;
  /** Side that is padded. */
  paddingSide?: "left" | "right";
  /** Side that is truncated. */
  truncationSide?: "left" | "right";
  /** Treats the texts of special tokens as literal. */
  splitSpecialTokens?: boolean;
  /** The chat template, in Jinja. */
  chatTemplate?: string;
}

/** `sp_model_kwargs`: SentencePiece's sampling; `seed` makes the samples reproducible. */
export interface SamplingOptions {
  /** Enables sampling of segmentations. */
  enableSampling?: boolean;
  /** Samples from this many best segmentations; from all if negative. */
  nbestSize?: number;
  /** Strength of the preference for better segmentations. */
  alpha?: number;
  /** Equal seeds sample equal segmentations. */
  seed?: number;
}

/** A special token as in the files: with flags, or only its text. */
export type SpecialValue = AddedToken | string;

/** All tokenizer settings of the folder's JSON files and the options, merged with transformers' precedence. */
export interface TokenizerConfig {
  tokenizerClass?: string;
  /** Absent: unset; null: explicitly none. */
  special: Partial<Record<SpecialName, SpecialValue | null>>;
  additionalSpecialTokens: SpecialValue[];
  /** Tokens with model-specific names. */
  extraSpecialTokens: SpecialValue[];
  /** Their names, which chat templates may use. */
  extraNames: string[];
  /** Tokens by id from `added_tokens_decoder` (or the legacy added_tokens.json). */
  addedTokens: Map<number, AddedToken>;
  /** Tokens with flags in tokenizer_config.json, and true if those flags include `normalized`. */
  saved: Map<AddedToken, boolean>;
  /** A text that special tokens may have, and the token that the reference substitutes for it. */
  misfiled?: [string, AddedToken];
  /** True if there is an `added_tokens_decoder`; otherwise the added tokens of tokenizer.json count too. */
  hasDecoder: boolean;
  /** Adds the BOS token. */
  addBosToken?: boolean;
  /** Adds the EOS token. */
  addEosToken?: boolean;
  /** null if the files set null: false for the slow tokenizer, unset for the fast one. */
  addPrefixSpace?: boolean | null;
  legacy?: boolean;
  /** Removes spaces before punctuation when decoding. */
  cleanUpTokenizationSpaces?: boolean;
  /** Adds Llama 2's system prompt to chats. */
  useDefaultSystemPrompt?: boolean;
  /** Maximum number of tokens for the model. */
  modelMaxLength?: number;
  /** Side that is padded. */
  paddingSide?: "left" | "right";
  /** Side that is truncated. */
  truncationSide?: "left" | "right";
  /** Treats the texts of special tokens as literal. */
  splitSpecialTokens?: boolean;
  chatTemplate?: string | Record<string, string>;
  sampling: SamplingOptions;
  /** CodeLlama's tokens around a hole. */
  hole: HoleTokens;
  /** True if tokenizer_config.json declares that there is no tokenizer.json. */
  withoutJson: boolean;
  /**
   * True if tokenizer_config.json sets the path of tokenizer.model, or declares that there is none: then none is read.
   */
  withoutModel: boolean;
}

/** Bytes of a tokenizer's files; undefined for a missing file. */
export interface TokenizerFiles {
  "tokenizer.json"?: Uint8Array;
  "tokenizer.model"?: Uint8Array;
  "tokenizer_config.json"?: Uint8Array;
  "special_tokens_map.json"?: Uint8Array;
  "added_tokens.json"?: Uint8Array;
  "chat_template.jinja"?: Uint8Array;
  /** The templates of the folder of this name, by their names without `.jinja`. */
  "additional_chat_templates"?: ReadonlyMap<string, Uint8Array>;
  /** Names the class if tokenizer_config.json does not. */
  "config.json"?: Uint8Array;
}
