import { join } from "../paths.ts";
import { readSmallFile, statOrNothing } from "../checkpoint/files.ts";
import { locateModel, modelFolder } from "../checkpoint/locate.ts";
import { DataError } from "../errors.ts";
import { convertSentencePiece } from "./convert.ts";
import {
  readTokenizerConfig,
  type TokenizerConfig,
  type TokenizerFiles,
  type TokenizerOptions,
} from "./config.ts";
import { Pipeline } from "./pipeline.ts";
import { readSentencePiece } from "./sentencepiece_file.ts";
import { readTokenizerJson } from "./tokenizer_json.ts";

const fileNames = [
  "tokenizer.json",
  "tokenizer.model",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "chat_template.jinja",
] as const;

/** No tokenizer's file comes near. */
const MOST_BYTES = 2 ** 30;

/** What a fast tokenizer is made of. */
export interface FastParts {
  pipeline: Pipeline;
  config: TokenizerConfig;
  /** False for tokenizer_class PreTrainedTokenizerFast: the file's own post-processor stays, no default tokens. */
  isLlama: boolean;
  /** Only what may be saved again: tokenizer.model. */
  files: TokenizerFiles;
}

/**
 * Reads the tokenizer's files, those that are there.
 *
 * @param nameOrPath as {@linkcode locateModel} takes it: a folder, a .safetensors file beside them, or a hub id.
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
  if (wanted.every((name) => files[name] === undefined)) {
    const got = wanted.length > 1 ? "neither" : "none";
    throw new DataError(`${folder}: expected ${wanted.join(" or ")}, got ${got}`);
  }
  return files;
}

/** Everything a fast tokenizer needs, read from a folder. */
export async function loadFast(directory: string, options: TokenizerOptions): Promise<FastParts> {
  return fastParts(await readTokenizerFiles(directory, ["tokenizer.json", "tokenizer.model"]), options);
}

/** Builds a fast tokenizer's parts from the bytes of its files. */
export function fastParts(files: TokenizerFiles, options: TokenizerOptions = {}): FastParts {
  const config = readTokenizerConfig(files, options);
  const { "tokenizer.json": json, "tokenizer.model": model } = files;
  const isLlama = config.tokenizerClass === undefined || config.tokenizerClass.startsWith("LlamaTokenizer");
  // transformers rebuilds from tokenizer.model when asked to, and whenever add_prefix_space is set.
  const rebuild = options.fromSlow || (isLlama && typeof config.addPrefixSpace === "boolean");
  if (model !== undefined && (json === undefined || rebuild)) {
    const file = readSentencePiece(model, "tokenizer.model");
    const { parts, added } = convertSentencePiece(file, {
      legacy: config.legacy ?? true,
      addPrefixSpace: config.addPrefixSpace === undefined || config.addPrefixSpace === true,
    });
    return { pipeline: new Pipeline(parts, added), config, isLlama, files: { "tokenizer.model": model } };
  }
  if (json === undefined) throw new DataError("tokenizer.json: expected a file, got none");
  const read = readTokenizerJson(json, "tokenizer.json");
  config.paddingSide ??= read.defaults.paddingSide;
  config.truncationSide ??= read.defaults.truncationSide;
  if (config.special.pad === undefined) config.special.pad = read.defaults.padToken;
  const pipeline = new Pipeline(read.parts, read.added);
  // Without a word about the class, Llama's own tokens are only assumed where the file knows them.
  const named = config.tokenizerClass !== undefined || pipeline.tokenToId("<s>") !== undefined;
  return { pipeline, config, isLlama: isLlama && named, files: { "tokenizer.model": model } };
}

/** Everything the slow tokenizer needs, read from a folder. */
export async function loadSlow(
  directory: string,
  options: TokenizerOptions,
): Promise<{ files: TokenizerFiles; config: TokenizerConfig }> {
  const files = await readTokenizerFiles(directory, ["tokenizer.model"]);
  const config = readTokenizerConfig(files, options);
  const json = files["tokenizer.json"];
  if (config.addedTokens.size === 0 && json !== undefined) {
    for (const { id, token } of readTokenizerJson(json, "tokenizer.json").added) {
      config.addedTokens.set(id, token);
    }
  }
  return { files, config };
}
