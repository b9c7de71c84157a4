import type { AddedToken } from "./text/added_tokens.ts";
import type { SpecialName } from "./classes.ts";
import type { HoleTokens } from "./infilling.ts";

/** What a caller may set; transformers' names in camelCase. Anything given wins over the files. */
export interface TokenizerOptions {
  /** Beginning of a sequence; null: none. */
  bosToken?: string | null;
  /** End of a sequence; null: none. */
  eosToken?: string | null;
  /** Stands for what is not in the vocabulary; null: none. */
  unkToken?: string | null;
  /** Padding; null: none. */
  padToken?: string | null;
  /** Further special tokens. */
  additionalSpecialTokens?: string[];
  /** Adds the beginning token. */
  addBosToken?: boolean;
  /** Adds the end token. */
  addEosToken?: boolean;
  /** Null: as the files say. A value rebuilds a fast tokenizer from tokenizer.model. */
  addPrefixSpace?: boolean | null;
  /** Whether text after a special token gets a prefix space too (transformers before #24622). */
  legacy?: boolean;
  /** Removes the blanks before punctuation when decoding. */
  cleanUpTokenizationSpaces?: boolean;
  /** Puts blanks around added tokens when decoding (slow tokenizer). */
  spacesBetweenSpecialTokens?: boolean;
  /** Adds Llama 2's system prompt to chats. */
  useDefaultSystemPrompt?: boolean;
  /** SentencePiece's own: sampling of segmentations, for the slow tokenizer only. */
  spModelKwargs?: SamplingOptions;
  /** Convert tokenizer.model even where there is a tokenizer.json. */
  fromSlow?: boolean;
  /** Most tokens that the model takes. */
  modelMaxLength?: number;
  /** Where padding goes. */
  paddingSide?: "left" | "right";
  /** Where tokens are cut off. */
  truncationSide?: "left" | "right";
  /** Makes the texts of special tokens literal. */
  splitSpecialTokens?: boolean;
  /** The chat template, in Jinja. */
  chatTemplate?: string;
}

/** `sp_model_kwargs`: how SentencePiece samples; `seed` makes the samples repeat. */
export interface SamplingOptions {
  /** Whether segmentations are drawn. */
  enableSampling?: boolean;
  /** Draws from that many best segmentations; from all where negative. */
  nbestSize?: number;
  /** How much better segmentations are preferred. */
  alpha?: number;
  /** Equal seeds draw equal segmentations. */
  seed?: number;
}

/** A special token as the files give it: with flags, or only its text. */
export type SpecialValue = AddedToken | string;

/** Everything the folder's JSON files and the options say about a tokenizer, merged with transformers' precedence. */
export interface TokenizerConfig {
  tokenizerClass?: string;
  /** Absent: nothing said; null: said to be none. */
  special: Partial<Record<SpecialName, SpecialValue | null>>;
  additionalSpecialTokens: SpecialValue[];
  /** Those that a model gives names of its own. */
  extraSpecialTokens: SpecialValue[];
  /** Tokens by id from `added_tokens_decoder` (or the legacy added_tokens.json). */
  addedTokens: Map<number, AddedToken>;
  /** Tokens that tokenizer_config.json gives with flags, and whether these say if it is `normalized`. */
  saved: Map<AddedToken, boolean>;
  /** A text that special tokens may have, and the token that the reference takes for it. */
  misfiled?: [string, AddedToken];
  /** Whether there is an `added_tokens_decoder`; else the added tokens of tokenizer.json count too. */
  hasDecoder: boolean;
  /** Adds the beginning token. */
  addBosToken?: boolean;
  /** Adds the end token. */
  addEosToken?: boolean;
  /** Null where the files say so: the slow tokenizer takes that for false, the fast one for nothing said. */
  addPrefixSpace?: boolean | null;
  legacy?: boolean;
  /** Removes the blanks before punctuation when decoding. */
  cleanUpTokenizationSpaces?: boolean;
  /** Adds Llama 2's system prompt to chats. */
  useDefaultSystemPrompt?: boolean;
  /** Most tokens that the model takes. */
  modelMaxLength?: number;
  /** Where padding goes. */
  paddingSide?: "left" | "right";
  /** Where tokens are cut off. */
  truncationSide?: "left" | "right";
  /** Makes the texts of special tokens literal. */
  splitSpecialTokens?: boolean;
  chatTemplate?: string | Record<string, string>;
  sampling: SamplingOptions;
  /** CodeLlama's tokens around a hole. */
  hole: HoleTokens;
  /** Whether tokenizer_config.json says that there is no tokenizer.json. */
  withoutJson: boolean;
  /** Whether tokenizer_config.json says where tokenizer.model is, or that there is none: none is read then. */
  withoutModel: boolean;
}

/** Bytes of the files a tokenizer may have; absent ones are undefined. */
export interface TokenizerFiles {
  "tokenizer.json"?: Uint8Array;
  "tokenizer.model"?: Uint8Array;
  "tokenizer_config.json"?: Uint8Array;
  "special_tokens_map.json"?: Uint8Array;
  "added_tokens.json"?: Uint8Array;
  "chat_template.jinja"?: Uint8Array;
  /** Names the class where tokenizer_config.json does not. */
  "config.json"?: Uint8Array;
}
