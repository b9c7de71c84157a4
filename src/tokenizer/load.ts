import { join } from "../base/paths.ts";
import { readSmallFile, statOrNothing } from "../checkpoint/files/files.ts";
import { locateModel, modelFolder } from "../checkpoint/files/locate.ts";
import { DataError } from "../base/errors.ts";
import { llamaClass, plainClass, type TokenizerClass, tokenizerClass } from "./classes.ts";
import { contentOf, takeJsonTokens } from "./config_tokens.ts";
import { convertSentencePiece } from "./sentencepiece/convert.ts";
import { readTokenizerConfig } from "./config.ts";
import type { TokenizerConfig, TokenizerFiles, TokenizerOptions } from "./config_types.ts";
import { Fields } from "../base/fields.ts";
import { specialHoleTokens } from "./infilling.ts";
import { parseJson } from "../base/json.ts";
import { Pipeline } from "./tokenizer_json/pipeline.ts";
import type { PrefixSpace } from "./tokenizer_json/prefix_space.ts";
import { readSentencePiece } from "./sentencepiece/sentencepiece_file.ts";
import { readTokenizerJson } from "./tokenizer_json/tokenizer_json.ts";

const fileNames = [
  "tokenizer.json",
  "tokenizer.model",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "chat_template.jinja",
  "config.json",
] as const;

/** Far above the size of any tokenizer file. */
const MOST_BYTES = 2 ** 30;

/** The parts of a fast tokenizer. */
export interface FastParts {
  pipeline: Pipeline;
  config: TokenizerConfig;
  kind: TokenizerClass;
  /** Only the file that can be saved again: tokenizer.model. */
  files: TokenizerFiles;
}

/**
 * Reads the tokenizer files that exist.
 *
 * @param nameOrPath as in {@linkcode locateModel}: a folder, a .safetensors file beside them, or a hub id.
 * @throws EnvironmentError if there is no such folder, DataError if it holds no tokenizer.
 */
async function readTokenizerFiles(
  nameOrPath: string,
  wanted: readonly (keyof TokenizerFiles)[],
): Promise<TokenizerFiles> {
  const folder = modelFolder(await locateModel(nameOrPath));
  const files: TokenizerFiles = {};
  for (const name of fileNames) {
    const path = join(folder, name);
    if (await statOrNothing(path) !== undefined) files[name] = await readSmallFile(path, MOST_BYTES);
  }
  files.additional_chat_templates = await readTemplates(join(folder, "additional_chat_templates"));
  if (wanted.every((name) => files[name] === undefined)) {
    const got = wanted.length > 1 ? "neither" : "none";
    throw new DataError(`${folder}: expected ${wanted.join(" or ")}, got ${got}`);
  }
  return files;
}

/** The Jinja files of a folder by their names; undefined if there are none. */
async function readTemplates(folder: string): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  if (!(await statOrNothing(folder))?.isDirectory) return undefined;
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    name.endsWith(".jinja")
  );
  const templates = new Map<string, Uint8Array>();
  for (const name of names.sort()) {
    templates.set(name.slice(0, -".jinja".length), await readSmallFile(join(folder, name), MOST_BYTES));
  }
  return templates.size > 0 ? templates : undefined;
}

/** Reads all parts of a fast tokenizer from a folder. */
export async function loadFast(directory: string, options: TokenizerOptions): Promise<FastParts> {
  return fastParts(await readTokenizerFiles(directory, ["tokenizer.json", "tokenizer.model"]), options);
}

/** Builds a fast tokenizer's parts from the bytes of its files. */
export function fastParts(files: TokenizerFiles, options: TokenizerOptions = {}): FastParts {
  const config = readTokenizerConfig(files, options);
  const { named, refused } = judged(() => namedClass(config, files["config.json"]));
  const kind = named ?? llamaClass;
  if (kind.infills) {
    config.additionalSpecialTokens = [...config.additionalSpecialTokens, ...specialHoleTokens(config.hole)];
  }
  const { "tokenizer.json": json, "tokenizer.model": model } = files;
  const read = json && readTokenizerJson(json, "tokenizer.json", prefixSpaceFor(kind, config));
  if (refused) throw refused;
  takeJsonTokens(config, read?.added ?? []);
  const rebuild = kind.prefixSpace === "rebuilds" && typeof config.addPrefixSpace === "boolean";
  if (read === undefined || options.fromSlow || rebuild || config.withoutJson) {
    const isFirst = read === undefined || options.fromSlow === true;
    const pipeline = converted(kind, config, model, isFirst);
    return { pipeline, config, kind, files: { "tokenizer.model": model } };
  }
  config.paddingSide ??= read.defaults.paddingSide;
  config.truncationSide ??= read.defaults.truncationSide;
  const pipeline = new Pipeline(read.parts, read.added);
  const known = named ?? guessedClass(config, pipeline);
  if (config.special.pad === undefined && known.tokens.pad === undefined) {
    config.special.pad = read.defaults.padToken;
  }
  return { pipeline, config, kind: known, files: { "tokenizer.model": model } };
}

/** The class, or why it was refused: a broken tokenizer.json is reported first. */
function judged(
  find: () => TokenizerClass | undefined,
): { named?: TokenizerClass; refused?: DataError } {
  try {
    return { named: find() };
  } catch (error) {
    if (error instanceof DataError) return { refused: error };
    throw error;
  }
}

/** The class named in a file, or the model's class; undefined if there is neither. */
function namedClass(
  config: TokenizerConfig,
  modelConfig: Uint8Array | undefined,
): TokenizerClass | undefined {
  if (config.tokenizerClass !== undefined) {
    return tokenizerClass(config.tokenizerClass, "tokenizer_config.json: tokenizer_class");
  }
  if (modelConfig === undefined) return undefined;
  const fields = Fields.of(parseJson(modelConfig, "config.json", { allowsNonFinite: true }), "config.json");
  const name = fields.string("tokenizer_class", null);
  return name === null ? llamaClass : tokenizerClass(name, fields.path("tokenizer_class"));
}

/** Without config.json, which the reference refuses: Llama's own tokens are assumed only if a file knows them. */
function guessedClass(config: TokenizerConfig, pipeline: Pipeline): TokenizerClass {
  const knows = config.special.bos !== undefined || pipeline.tokenToId("<s>") !== undefined;
  return knows ? llamaClass : plainClass;
}

function prefixSpaceFor(kind: TokenizerClass, config: TokenizerConfig): PrefixSpace | undefined {
  const value = config.addPrefixSpace === undefined ? false : config.addPrefixSpace;
  if (kind.prefixSpace === "rebuilds" || value === null) return undefined;
  return { value, everywhere: value && kind.prefixSpace === "everywhere" };
}

/**
 * Builds a pipeline from tokenizer.model.
 * @param isFirst true if the reference converts first; otherwise it starts with tokenizer.json and its defaults
 */
function converted(
  kind: TokenizerClass,
  config: TokenizerConfig,
  model: Uint8Array | undefined,
  isFirst: boolean,
): Pipeline {
  if (kind.converts === undefined) {
    throw new DataError(`tokenizer.json: expected a file, as ${kind.name} reads no other, got none`);
  }
  if (model === undefined || config.withoutModel) {
    const other = isFirst
      ? "tokenizer.json: expected a file"
      : "tokenizer.model: expected one to make it anew of";
    throw new DataError(`${other}, got none`);
  }
  // The reference builds the slow tokenizer first, which sets this before it marks the token special.
  for (const [token, isSaid] of config.saved) if (!isSaid) token.normalized = true;
  const isLlama = kind === llamaClass;
  const space = config.addPrefixSpace === undefined ? isFirst : config.addPrefixSpace === true;
  const { parts, added } = convertSentencePiece(readSentencePiece(model, "tokenizer.model"), {
    rules: kind.converts,
    legacy: !isLlama || (config.legacy ?? true),
    addPrefixSpace: !isLlama || space,
    names: kind.converts === "gemma" ? gemmaNames(kind, config) : firstNames(config, isFirst),
  });
  return new Pipeline(parts, added);
}

function firstNames({ addedTokens }: TokenizerConfig, isFirst: boolean): Map<number, string> {
  return new Map(isFirst ? [...addedTokens].map(([id, { content }]) => [id, content]) : []);
}

/** Gemma's first three pieces are these tokens, whatever their texts in the file. */
function gemmaNames(kind: TokenizerClass, config: TokenizerConfig): Map<number, string> {
  const names = (["pad", "eos", "bos"] as const).map((name, id): [number, string] => {
    const token = config.special[name] === undefined ? kind.tokens[name] : config.special[name];
    if (token !== undefined && token !== null) return [id, contentOf(token)];
    throw new DataError(`tokenizer_config.json: ${name}_token: expected a token of Gemma, got null`);
  });
  return new Map(names);
}

/** Reads all parts of the slow tokenizer from a folder. */
export async function loadSlow(
  directory: string,
  options: TokenizerOptions,
): Promise<{ files: TokenizerFiles; config: TokenizerConfig }> {
  const files = await readTokenizerFiles(directory, ["tokenizer.model"]);
  const config = readTokenizerConfig(files, options);
  const json = files["tokenizer.json"];
  if (json !== undefined) takeJsonTokens(config, readTokenizerJson(json, "tokenizer.json").added);
  return { files, config };
}
