import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { Fields } from "../../base/fields.ts";
import { kindOf } from "../../base/json.ts";
import { DataError, UsageError } from "../../base/errors.ts";
import { checkGenerationFields } from "./checks.ts";
import { GenerationConfig } from "./generation_config.ts";
import { GENERATION_DEFAULTS, type GenerationFields } from "./table.ts";
import { IDLE_FIELDS, UNSUPPORTED_FIELDS } from "./other_fields.ts";
import { requireFit } from "./unfit_options.ts";
import { isFrozen } from "./greedy.ts";
import { optionsOf } from "./options_of.ts";
import { OFF } from "./table.ts";
import type { LogitsProcessor } from "../processors/types.ts";
import type { StepOutputs } from "./step_recorder.ts";
import type { GenerationOptions } from "./types.ts";

/** Arguments of `generate` besides the fields of GenerationConfig. */
const ARGUMENTS: ReadonlySet<string> = new Set(
  "inputIds inputsEmbeds pastKeyValues attentionMask seed generationConfig tokenizer constraint streamer signal logitsProcessor compileConfig negativePromptIds negativePromptAttentionMask"
    .split(" "),
);

/** Unsupported arguments of transformers' `generate` and `forward`, with the values that have no effect. */
const UNSUPPORTED_ARGUMENTS: Readonly<Record<string, readonly unknown[]>> = {
  positionIds: [],
  cachePosition: [],
  stoppingCriteria: [],
  prefixAllowedTokensFn: [],
  assistantModel: [],
  syncedGpus: [false],
};

/** The checked options of a `generate` call. */
export interface ResolvedOptions {
  readonly options: GenerationOptions;
  readonly padTokenId: number | null;
  readonly numReturnSequences: number;
  /** 1: no classifier-free guidance. */
  readonly guidanceScale: number;
  /** Outputs returned besides the rows; undefined: rows only. */
  readonly outputs: StepOutputs | undefined;
}

/**
 * Merges options in order of precedence: the call, the config it passes, the model's own, GenerationConfig's
 * defaults.
 *
 * @param call undefined counts as omitted; null resets a config's value
 * @param own the model's config
 * @param length tokens of the prompts, padding included
 * @throws UsageError naming an option that is unknown or not supported; DataError for a value out of range
 */
export function resolveOptions(
  call: Readonly<Record<string, unknown>>,
  own: GenerationConfig,
  config: LlamaConfig,
  length: number,
): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(call).filter(([, value]) => value !== undefined));
  const isSupported = (name: string) =>
    ARGUMENTS.has(name) || name in GENERATION_DEFAULTS || name in IDLE_FIELDS;
  const others = Object.keys(given).filter((name) => !isSupported(name));
  for (const name of others) {
    if (name in UNSUPPORTED_FIELDS || name in UNSUPPORTED_ARGUMENTS) continue;
    throw new UsageError(`generate: ${name}: there is no such option`);
  }
  refuse({ ...own.unsupported(), ...given });
  const passed = configOf(given.generationConfig);
  const asked = { ...checked(passed.changed()), ...checked(given) };
  const stated = { ...checked(own.changed()), ...asked };
  const fields: GenerationFields = { ...GENERATION_DEFAULTS, ...stated };
  if (fields.doSample) requireFit(new Map([...own.unfit, ...passed.unfit]), asked);
  checkMode(fields);
  return {
    options: {
      ...OFF,
      topK: GENERATION_DEFAULTS.topK!,
      ...optionsOf(stated),
      ...(isFrozen(fields) && { doSample: false }),
      minLength: undefined,
      minNewTokens: fields.minNewTokens ?? Math.max(0, (fields.minLength ?? 0) - length),
      maxNewTokens: newTokens(fields, given, config, length),
      seed: seedOf(given.seed),
      ...customProcessors(given.logitsProcessor),
    },
    padTokenId: fields.padTokenId,
    numReturnSequences: fields.numReturnSequences ?? 1,
    guidanceScale: fields.guidanceScale ?? 1,
    outputs: outputsOf(fields),
  };
}

function configOf(given: unknown): GenerationConfig {
  if (typeof (given ?? {}) === "object") return GenerationConfig.from(given as GenerationConfig ?? {});
  throw new UsageError(`generate: generationConfig: expected a GenerationConfig, got ${kindOf(given)}`);
}

function checked(values: Readonly<Record<string, unknown>>): Partial<GenerationFields> {
  const names = Object.keys(values).filter((name) => name in GENERATION_DEFAULTS);
  return checkGenerationFields(
    new Fields(new Map(Object.entries(values)), "generate: "),
    new Map(names.map((name) => [name, name])),
  );
}

function refuse(options: Readonly<Record<string, unknown>>): void {
  for (const [name, off] of Object.entries({ ...UNSUPPORTED_FIELDS, ...UNSUPPORTED_ARGUMENTS })) {
    const value = options[name] ?? null;
    const isEmpty = Array.isArray(value) && value.length === 0;
    if (value !== null && !isEmpty && !off.includes(value)) {
      throw new UsageError(`generate: ${name}: this option is not supported`);
    }
  }
}

/** Rejects conflicting options. */
function checkMode(fields: GenerationFields): void {
  const { cacheImplementation: cache, numReturnSequences, numBeams, doSample } = fields;
  if (cache !== null && cache !== "static" && cache !== "dynamic") {
    throw new UsageError(`generate: cacheImplementation: expected static or dynamic, got ${kindOf(cache)}`);
  }
  const [sequences, beams] = [numReturnSequences ?? 1, numBeams ?? 1];
  if (beams > 1 && fields.promptLookupNumTokens !== null) {
    throw new UsageError("generate: promptLookupNumTokens: guesses and numBeams do not go together");
  }
  if (beams > 1 && sequences > beams) {
    throw new UsageError(`generate: numReturnSequences: ${sequences} are more than numBeams, ${beams}`);
  }
  if (beams === 1 && sequences > 1 && !(doSample && !isFrozen(fields))) {
    throw new UsageError(
      `generate: numReturnSequences: ${sequences} need doSample or numBeams, as greedy ones are equal`,
    );
  }
}

/** @throws UsageError for outputs that beam search does not keep */
function outputsOf(fields: GenerationFields): StepOutputs | undefined {
  if (!fields.returnDictInGenerate) return undefined;
  const outputs = { scores: fields.outputScores ?? false, logits: fields.outputLogits ?? false };
  if ((fields.numBeams ?? 1) > 1 && (outputs.scores || outputs.logits)) {
    throw new UsageError(
      `generate: ${outputs.scores ? "outputScores" : "outputLogits"}: numBeams does not go with it`,
    );
  }
  return outputs;
}

/** maxNewTokens wins over maxLength; without both, 20 tokens within the context. */
function newTokens(
  { maxNewTokens, maxLength }: GenerationFields,
  call: Readonly<Record<string, unknown>>,
  config: LlamaConfig,
  length: number,
): number {
  if (maxNewTokens !== null) return maxNewTokens;
  const byDefault = GENERATION_DEFAULTS.maxLength!;
  const most = (call.maxLength ?? null) === null && (maxLength ?? byDefault) === byDefault
    ? Math.min(length + byDefault, config.maxPositionEmbeddings)
    : maxLength ?? byDefault;
  if (length >= most) {
    throw new DataError(
      `generate: the prompt has ${length} tokens, maxLength is ${most}: no room for an answer`,
    );
  }
  return most - length;
}

function customProcessors(given: unknown): { logitsProcessor?: readonly LogitsProcessor[] } {
  if ((given ?? null) === null) return {};
  const list = Array.isArray(given) ? given : [given];
  if (!list.every((one) => typeof one === "function")) {
    throw new UsageError(`generate: logitsProcessor: expected functions, got ${kindOf(given)}`);
  }
  return { logitsProcessor: list };
}

/** The given seed; default: random. */
function seedOf(seed: unknown): bigint {
  if (seed === undefined || seed === null) return crypto.getRandomValues(new BigUint64Array(1))[0];
  const isWhole = typeof seed === "bigint" || Number.isSafeInteger(seed);
  const value = isWhole ? BigInt(seed as number | bigint) : -1n;
  if (value < 0n || value >= 2n ** 64n) {
    throw new DataError(`generate: seed: expected a whole number from 0 to 2^64 - 1, got ${kindOf(seed)}`);
  }
  return value;
}
