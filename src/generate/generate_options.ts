import { join } from "@std/path";
import { camelCase, Fields, isRecord } from "../checkpoint/fields.ts";
import { readSmallFile, statOrNothing } from "../checkpoint/files.ts";
import type { LlamaConfig } from "../checkpoint/config.ts";
import { kindOf, parseJson } from "../checkpoint/json.ts";
import { DataError, UsageError } from "../errors.ts";
import { modelFolder } from "../model/load.ts";
import type { GenerationOptions } from "./types.ts";

/** GenerationConfig's own length, where nothing says how long. */
const DEFAULT_LENGTH = 20;
const TOKEN = { min: 0, max: 2 ** 31 - 1 };
const MAX_CONFIG_BYTES = 16 * 2 ** 20;

/** Options that are understood here. */
const KNOWN: ReadonlySet<string> = new Set(
  `inputIds attentionMask maxNewTokens maxLength minNewTokens minLength doSample temperature topK topP minP
  repetitionPenalty eosTokenId padTokenId bosTokenId numReturnSequences seed cacheImplementation useCache`
    .split(/\s+/),
);

/** Options of GenerationConfig that are not there, with the values that ask for nothing; `null` always is one. */
const UNSUPPORTED: Readonly<Record<string, readonly unknown[]>> = {
  inputsEmbeds: [],
  pastKeyValues: [],
  positionIds: [],
  cachePosition: [],
  outputHiddenStates: [false],
  outputAttentions: [false],
  numBeams: [1],
  numBeamGroups: [1],
  diversityPenalty: [0],
  penaltyAlpha: [0],
  encoderRepetitionPenalty: [1],
  encoderNoRepeatNgramSize: [0],
  noRepeatNgramSize: [0],
  badWordsIds: [],
  forceWordsIds: [],
  constraints: [],
  forcedBosTokenId: [],
  forcedEosTokenId: [],
  removeInvalidValues: [false],
  exponentialDecayLengthPenalty: [],
  suppressTokens: [],
  beginSuppressTokens: [],
  sequenceBias: [],
  guidanceScale: [1],
  watermarkingConfig: [],
  stopStrings: [],
  maxTime: [],
  promptLookupNumTokens: [],
  dolaLayers: [],
  tokenHealing: [false],
  returnDictInGenerate: [false],
  outputScores: [false],
  outputLogits: [false],
};

/** The same, for options that only sampling looks at. */
const UNSUPPORTED_SAMPLING: Readonly<Record<string, readonly unknown[]>> = {
  typicalP: [1],
  epsilonCutoff: [0],
  etaCutoff: [0],
};

/** Options that change nothing without beams or another option that is not there. */
const IDLE: ReadonlySet<string> = new Set(["lengthPenalty", "earlyStopping", "renormalizeLogits"]);

/** What `generate` was asked for, checked. */
export interface ResolvedOptions {
  readonly options: GenerationOptions;
  readonly padTokenId: number | null;
  readonly numReturnSequences: number;
}

/**
 * Reads a model's generation_config.json; empty where there is none.
 * @throws DataError when it is broken
 */
export async function readGenerationConfig(path: string): Promise<Record<string, unknown>> {
  const file = join(modelFolder(path), "generation_config.json");
  if (await statOrNothing(file) === undefined) return {};
  const root = parseJson(await readSmallFile(file, MAX_CONFIG_BYTES), file);
  if (!isRecord(root)) throw new DataError(`${file}: expected an object, got ${kindOf(root)}`);
  return root;
}

/**
 * The options of a call, over those of the model's generation_config.json, over GenerationConfig's defaults.
 *
 * @param file as {@linkcode readGenerationConfig} gives it
 * @param length tokens of the prompts, padding included
 * @throws UsageError that names an option which is unknown or not there; DataError for a value out of range
 */
export function resolveOptions(
  call: Readonly<Record<string, unknown>>,
  file: Readonly<Record<string, unknown>>,
  config: LlamaConfig,
  length: number,
): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined));
  const merged: Record<string, unknown> = { ...ownOptions(file), ...given };
  refuse(merged, UNSUPPORTED);
  for (const name of Object.keys(given)) {
    const isKnown = KNOWN.has(name) || name in UNSUPPORTED || name in UNSUPPORTED_SAMPLING || IDLE.has(name);
    if (!isKnown) throw new UsageError(`generate: ${name}: there is no such option`);
  }
  const fields = new Fields(new Map(Object.entries(merged)), "generate: ");
  const temperature = fields.number("temperature", 1, { min: 0 });
  const doSample = fields.boolean("doSample", false) && temperature > 0;
  if (doSample) refuse(merged, UNSUPPORTED_SAMPLING);
  const cache = fields.string("cacheImplementation", null);
  if (cache !== null && cache !== "static" && cache !== "dynamic") {
    throw new UsageError(`generate: cacheImplementation: expected static or dynamic, got ${kindOf(cache)}`);
  }
  const numReturnSequences = fields.integer("numReturnSequences", 1);
  if (numReturnSequences > 1 && !doSample) {
    throw new UsageError(
      `generate: numReturnSequences: ${numReturnSequences} need doSample, as greedy ones are equal`,
    );
  }
  const eosTokenIds = tokenIds(fields, "eosTokenId") ??
    (given.eosTokenId === null ? [] : [config.eosTokenId ?? []].flat());
  return {
    options: {
      maxNewTokens: newTokens(fields, given, config, length),
      minNewTokens: Math.max(
        fields.integer("minNewTokens", null, { min: 0 }) ?? 0,
        (fields.integer("minLength", null, { min: 0 }) ?? 0) - length,
      ),
      doSample,
      temperature: temperature || 1,
      topK: fields.integer("topK", null, { min: 0 }) ?? (merged.topK === null ? 0 : 50),
      topP: fields.number("topP", null, { min: 0, max: 1 }) ?? 1,
      minP: fields.number("minP", null, { min: 0, max: 1 }) ?? 0,
      repetitionPenalty: fields.number("repetitionPenalty", null, { min: Number.MIN_VALUE }) ?? 1,
      eosTokenIds: eosTokenIds.filter((id) => id >= 0),
      seed: seedOf(merged.seed),
      stop: [],
    },
    padTokenId: fields.integer("padTokenId", null, { min: -1, max: TOKEN.max }) ?? config.padTokenId,
    numReturnSequences,
  };
}

/** The file's options in camelCase. A null there is as good as nothing; in a call it takes back what the file says. */
function ownOptions(file: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(file).filter(([, value]) => value !== null).map((
      [name, value],
    ) => [camelCase(name), value]),
  );
}

function refuse(
  options: Readonly<Record<string, unknown>>,
  unsupported: Readonly<Record<string, readonly unknown[]>>,
): void {
  for (const [name, off] of Object.entries(unsupported)) {
    const value = options[name] ?? null;
    const isEmpty = Array.isArray(value) && value.length === 0;
    if (value !== null && !isEmpty && !off.includes(value)) {
      throw new UsageError(`generate: ${name}: this option is not supported`);
    }
  }
}

/** maxNewTokens wins over maxLength; without both, 20 tokens that stay within the context. */
function newTokens(
  fields: Fields,
  call: Readonly<Record<string, unknown>>,
  config: LlamaConfig,
  length: number,
): number {
  const maxNewTokens = fields.integer("maxNewTokens", null, { min: 0 });
  const maxLength = fields.integer("maxLength", null) ?? DEFAULT_LENGTH;
  if (maxNewTokens !== null) return maxNewTokens;
  const most = call.maxLength === undefined && maxLength === DEFAULT_LENGTH
    ? Math.min(length + DEFAULT_LENGTH, config.maxPositionEmbeddings)
    : maxLength;
  if (length >= most) {
    throw new DataError(
      `generate: the prompt has ${length} tokens, maxLength is ${most}: no room for an answer`,
    );
  }
  return most - length;
}

function tokenIds(fields: Fields, name: string): number[] | undefined {
  const value = fields.get(name);
  if (value === undefined) return undefined;
  const bounds = { min: -1, max: TOKEN.max };
  return Array.isArray(value) ? fields.integers(name, bounds) : [fields.integer(name, -1, bounds)];
}

/** A random one where none is given. */
function seedOf(seed: unknown): bigint {
  if (seed === undefined || seed === null) return crypto.getRandomValues(new BigUint64Array(1))[0];
  const isWhole = typeof seed === "bigint" || Number.isSafeInteger(seed);
  const value = isWhole ? BigInt(seed as number | bigint) : -1n;
  if (value < 0n || value >= 2n ** 64n) {
    throw new DataError(`generate: seed: expected a whole number from 0 to 2^64 - 1, got ${kindOf(seed)}`);
  }
  return value;
}
