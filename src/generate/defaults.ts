import { join } from "@std/path";
import { Fields } from "../checkpoint/fields.ts";
import { LlamaConfig } from "../checkpoint/config.ts";
import { isJsonObject, parseJson } from "../checkpoint/json.ts";
import { DataError } from "../errors.ts";
import { modelFolder } from "../model/load.ts";
import type { GenerationOptions } from "./types.ts";

/**
 * What a model's generation_config.json says, over what transformers' text-generation pipeline does by itself
 * (sampling, temperature 0.7, 256 new tokens) and GenerationConfig's own defaults (top_k 50).
 * @throws DataError that names the field
 */
export async function defaultsFor(path: string): Promise<GenerationOptions> {
  const folder = modelFolder(path);
  const file = join(folder, "generation_config.json");
  const values = await readObject(file);
  const config = await LlamaConfig.fromPretrained(path);
  const fields = new Fields(values, `${file}: `);
  const id = { min: 0, max: 2 ** 31 - 1 };
  const own = fields.get("eos_token_id");
  const eosTokenIds = own === undefined
    ? [config.eosTokenId ?? []].flat()
    : Array.isArray(own)
    ? fields.integers("eos_token_id", id)
    : [fields.integer("eos_token_id", 0, id)];
  return {
    maxNewTokens: fields.integer("max_new_tokens", 256, { min: 0 }),
    minNewTokens: fields.integer("min_new_tokens", 0, { min: 0 }),
    doSample: fields.boolean("do_sample", true),
    temperature: fields.number("temperature", 0.7, { min: 0 }),
    topK: fields.integer("top_k", 50, { min: 0 }),
    topP: fields.number("top_p", 1, { min: Number.MIN_VALUE, max: 1 }),
    minP: fields.number("min_p", 0, { min: 0, max: 1 }),
    repetitionPenalty: fields.number("repetition_penalty", 1, { min: Number.MIN_VALUE }),
    eosTokenIds,
    seed: 0n,
    stop: [],
  };
}

async function readObject(file: string): Promise<Map<string, unknown>> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw new DataError(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  const root = parseJson(bytes, file);
  if (!isJsonObject(root)) throw new DataError(`${file}: expected an object`);
  return new Map(Object.entries(root));
}
