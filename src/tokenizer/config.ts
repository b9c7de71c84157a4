import type { SamplingOptions, TokenizerConfig, TokenizerFiles, TokenizerOptions } from "./config_types.ts";
import { readNamedTokens, takeDecoderFlags } from "./config_tokens.ts";
import { decodeUtf8 } from "../base/utf8.ts";
import { Fields, REQUIRED } from "../base/fields.ts";
import { readHoleTokens } from "./infilling.ts";
import { parseJson } from "../base/json.ts";

/**
 * Merges tokenizer_config.json, special_tokens_map.json (only if the first has no `added_tokens_decoder`),
 * added_tokens.json, chat_template.jinja, additional_chat_templates/ and the options, like
 * `PreTrainedTokenizerBase._from_pretrained`.
 *
 * @throws DataError naming the file and the field.
 */
export function readTokenizerConfig(files: TokenizerFiles, options: TokenizerOptions = {}): TokenizerConfig {
  const name = "tokenizer_config.json";
  const bytes = files[name];
  const fields = Fields.of(bytes === undefined ? {} : parseJson(bytes, name), name);
  const flag = (key: string) => fields.boolean(key, null) ?? undefined;
  const config: TokenizerConfig = {
    tokenizerClass: fields.string("tokenizer_class", null) ?? undefined,
    special: {},
    additionalSpecialTokens: [],
    extraSpecialTokens: [],
    extraNames: [],
    addedTokens: new Map(),
    saved: new Map(),
    hasDecoder: fields.given("added_tokens_decoder"),
    // null is Python's None there: false, not the default.
    addBosToken: fields.boolean("add_bos_token", undefined),
    addEosToken: flag("add_eos_token"),
    addPrefixSpace: fields.has("add_prefix_space") ? fields.boolean("add_prefix_space", null) : undefined,
    legacy: flag("legacy"),
    cleanUpTokenizationSpaces: flag("clean_up_tokenization_spaces"),
    useDefaultSystemPrompt: flag("use_default_system_prompt"),
    modelMaxLength: fields.number("model_max_length", null) ?? undefined,
    paddingSide: fields.choice("padding_side", ["left", "right"], null) ?? undefined,
    truncationSide: fields.choice("truncation_side", ["left", "right"], null) ?? undefined,
    splitSpecialTokens: flag("split_special_tokens"),
    chatTemplate: readTemplate(fields),
    sampling: fields.given("sp_model_kwargs") ? readSampling(fields.object("sp_model_kwargs")) : {},
    hole: readHoleTokens(fields),
    withoutJson: files["tokenizer.json"] !== undefined && isNone(fields, "tokenizer_file"),
    withoutModel: fields.has("vocab_file"),
  };
  readNamedTokens(fields, files, config);
  config.chatTemplate = templateFiles(files) ?? config.chatTemplate;
  applyOptions(config, options);
  takeDecoderFlags(config);
  return config;
}

/** True if a field is null. @throws DataError if it has another value. */
function isNone(fields: Fields, name: string): boolean {
  if (fields.given(name)) fields.refuse(name, "no other place for a file");
  return fields.has(name);
}

/** The templates that have files of their own; they replace those of tokenizer_config.json. */
function templateFiles(files: TokenizerFiles): string | Record<string, string> | undefined {
  const { "chat_template.jinja": bytes, "additional_chat_templates": others } = files;
  const main = bytes && decodeUtf8(bytes, "chat_template.jinja");
  if (others === undefined) return main;
  const named = [...others].map(([name, text]) =>
    [name, decodeUtf8(text, `additional_chat_templates/${name}.jinja`)] as const
  );
  return Object.fromEntries([...main === undefined ? [] : [["default", main] as const], ...named]);
}

function readTemplate(fields: Fields): string | Record<string, string> | undefined {
  if (!fields.given("chat_template")) return undefined;
  const value = fields.get("chat_template");
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) fields.refuse("chat_template", "a template or a list of named ones");
  return Object.fromEntries(
    fields.objects("chat_template").map((
      item,
    ) => [item.string("name", REQUIRED), item.string("template", REQUIRED)]),
  );
}

function readSampling(fields: Fields): SamplingOptions {
  const seeds = { min: 0, max: Number.MAX_SAFE_INTEGER };
  return {
    enableSampling: fields.boolean("enable_sampling", null) ?? undefined,
    nbestSize: fields.integer("nbest_size", null, { min: -1, max: 512 }) ?? undefined,
    alpha: fields.number("alpha", null) ?? undefined,
    seed: fields.integer("seed", null, seeds) ?? undefined,
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
