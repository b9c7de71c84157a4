import type { SamplingOptions, TokenizerConfig, TokenizerFiles, TokenizerOptions } from "./config_types.ts";
import { readNamedTokens, takeDecoderFlags } from "./config_tokens.ts";
import { decodeUtf8 } from "../base/utf8.ts";
import { Fields } from "./fields/fields.ts";
import { readHoleTokens } from "./infilling.ts";
import { parseJson } from "./fields/json.ts";

/**
 * Merges tokenizer_config.json, special_tokens_map.json (only if the first has no `added_tokens_decoder`),
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
    extraNames: [],
    addedTokens: new Map(),
    saved: new Map(),
    hasDecoder: fields.has("added_tokens_decoder"),
    // null is Python's None there: false, not the default.
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
    config.chatTemplate = decodeUtf8(files["chat_template.jinja"], "chat_template.jinja");
  }
  applyOptions(config, options);
  takeDecoderFlags(config);
  return config;
}

/** True if a field is null. @throws DataError if it has another value. */
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
