import type { AddedToken } from "./added_tokens.ts";
import type { SpecialName } from "./classes.ts";
import { readNamedTokens, takeDecoderFlags } from "./config_tokens.ts";
import { Fields } from "./fields.ts";
import { type HoleTokens, readHoleTokens } from "./infilling.ts";
import { parseJson } from "./json.ts";

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

/**
 * Merges tokenizer_config.json, special_tokens_map.json (only where the first has no `added_tokens_decoder`),
 * added_tokens.json, chat_template.jinja and the options, like `PreTrainedTokenizerBase._from_pretrained`.
 *
 * @throws DataError naming the file and the field.
 */
export function readTokenizerConfig(files: TokenizerFiles, options: TokenizerOptions = {}): TokenizerConfig {
  const name = "tokenizer_config.json";
  const bytes = files[name];
  const fields = Fields.of(bytes === undefined ? {} : parseJson(bytes, name), name);
  const config: TokenizerConfig = {
    tokenizerClass: optional(fields, "tokenizer_class", "string"),
    special: {},
    additionalSpecialTokens: [],
    extraSpecialTokens: [],
    addedTokens: new Map(),
    saved: new Map(),
    hasDecoder: fields.has("added_tokens_decoder"),
    // A null is Python's None there: false, not the default.
    addBosToken: fields.get("add_bos_token") === null ? false : optional(fields, "add_bos_token", "boolean"),
    addEosToken: optional(fields, "add_eos_token", "boolean"),
    addPrefixSpace: fields.get("add_prefix_space") === null
      ? null
      : optional(fields, "add_prefix_space", "boolean"),
    legacy: optional(fields, "legacy", "boolean"),
    cleanUpTokenizationSpaces: optional(fields, "clean_up_tokenization_spaces", "boolean"),
    useDefaultSystemPrompt: optional(fields, "use_default_system_prompt", "boolean"),
    modelMaxLength: fields.has("model_max_length") ? fields.number("model_max_length") : undefined,
    paddingSide: fields.has("padding_side") ? fields.choice("padding_side", ["left", "right"]) : undefined,
    truncationSide: fields.has("truncation_side")
      ? fields.choice("truncation_side", ["left", "right"])
      : undefined,
    splitSpecialTokens: optional(fields, "split_special_tokens", "boolean"),
    chatTemplate: readTemplate(fields),
    sampling: fields.has("sp_model_kwargs") ? readSampling(fields.object("sp_model_kwargs")) : {},
    hole: readHoleTokens(fields),
    withoutJson: files["tokenizer.json"] !== undefined && isNone(fields, "tokenizer_file"),
    withoutModel: fields.get("vocab_file") !== undefined,
  };
  readNamedTokens(fields, files, config);
  if (files["chat_template.jinja"] !== undefined) {
    config.chatTemplate = new TextDecoder().decode(files["chat_template.jinja"]);
  }
  applyOptions(config, options);
  takeDecoderFlags(config);
  return config;
}

/** Whether a member is null. @throws DataError if it is something else. */
function isNone(fields: Fields, name: string): boolean {
  if (fields.has(name)) fields.fail(name, "no other place for a file");
  return fields.get(name) === null;
}

function optional<T extends "string" | "boolean">(fields: Fields, name: string, type: T) {
  type Value = T extends "string" ? string : boolean;
  if (!fields.has(name)) return undefined;
  return (type === "string" ? fields.string(name) : fields.boolean(name)) as Value;
}

function readTemplate(fields: Fields): string | Record<string, string> | undefined {
  if (!fields.has("chat_template")) return undefined;
  const value = fields.get("chat_template");
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) fields.fail("chat_template", "a template or a list of named ones");
  return Object.fromEntries(
    fields.objects("chat_template").map((item) => [item.string("name"), item.string("template")]),
  );
}

function readSampling(fields: Fields): SamplingOptions {
  return {
    enableSampling: fields.has("enable_sampling") ? fields.boolean("enable_sampling") : undefined,
    nbestSize: fields.has("nbest_size") ? fields.integer("nbest_size", -1, 512) : undefined,
    alpha: fields.has("alpha") ? fields.number("alpha") : undefined,
    seed: fields.has("seed") ? fields.integer("seed", 0, Number.MAX_SAFE_INTEGER) : undefined,
  };
}

function applyOptions(config: TokenizerConfig, options: TokenizerOptions): void {
  const given = {
    bos: options.bosToken,
    eos: options.eosToken,
    unk: options.unkToken,
    pad: options.padToken,
  };
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined) config.special[key as keyof typeof given] = value;
  }
  if (options.additionalSpecialTokens !== undefined) {
    config.additionalSpecialTokens = options.additionalSpecialTokens;
  }
  if (options.addPrefixSpace !== undefined) config.addPrefixSpace = options.addPrefixSpace;
  config.addBosToken = options.addBosToken ?? config.addBosToken;
  config.addEosToken = options.addEosToken ?? config.addEosToken;
  config.legacy = options.legacy ?? config.legacy;
  config.cleanUpTokenizationSpaces = options.cleanUpTokenizationSpaces ?? config.cleanUpTokenizationSpaces;
  config.useDefaultSystemPrompt = options.useDefaultSystemPrompt ?? config.useDefaultSystemPrompt;
  config.modelMaxLength = options.modelMaxLength ?? config.modelMaxLength;
  config.paddingSide = options.paddingSide ?? config.paddingSide;
  config.truncationSide = options.truncationSide ?? config.truncationSide;
  config.splitSpecialTokens = options.splitSpecialTokens ?? config.splitSpecialTokens;
  config.chatTemplate = options.chatTemplate ?? config.chatTemplate;
  config.sampling = { ...config.sampling, ...options.spModelKwargs };
}
