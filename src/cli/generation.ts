import type { GenerationOptions } from "../generate/types.ts";
import type { OptionValues } from "./options.ts";

/** What one prompt's generation goes by. */
export interface PromptSettings {
  readonly options: GenerationOptions;
  readonly numReturnSequences: number;
  /** No special tokens are added to the prompt. */
  readonly raw: boolean;
  /** Special tokens' text in the prompt means the tokens. */
  readonly parseSpecial: boolean;
}

/**
 * Puts the options of one prompt together; the record wins over the flags, the flags over `defaults`.
 * Temperature 0 means greedy, unless the record itself asks for sampling.
 * @param defaults generation_config.json over the pipeline's defaults
 */
export function mergeSettings(
  defaults: GenerationOptions,
  flags: OptionValues,
  record: OptionValues = {},
): PromptSettings {
  const given = { ...flags, ...record };
  const temperature = given.temperature ?? defaults.temperature;
  const wantsSampling = doSample(record) ?? doSample(flags) ?? defaults.doSample;
  const greedy = !wantsSampling || (temperature === 0 && doSample(record) !== true);
  return {
    options: {
      maxNewTokens: given.maxNewTokens ?? defaults.maxNewTokens,
      minNewTokens: given.minNewTokens ?? defaults.minNewTokens,
      doSample: !greedy,
      temperature: temperature > 0 ? temperature : defaults.temperature > 0 ? defaults.temperature : 1,
      topK: given.topK ?? defaults.topK,
      topP: given.topP ?? defaults.topP,
      minP: given.minP ?? defaults.minP,
      repetitionPenalty: given.repetitionPenalty ?? defaults.repetitionPenalty,
      eosTokenIds: given.ignoreEos ? [] : defaults.eosTokenIds,
      seed: given.seed ?? randomSeed(),
      stop: given.stop ?? defaults.stop,
      logprobs: given.logprobs,
    },
    numReturnSequences: given.numReturnSequences ?? 1,
    raw: given.raw ?? false,
    parseSpecial: given.parseSpecial ?? false,
  };
}

/** What one level says about sampling; undefined where it says nothing. */
function doSample(values: OptionValues): boolean | undefined {
  return values.greedy ? false : values.doSample;
}

function randomSeed(): bigint {
  return BigInt(crypto.getRandomValues(new Uint32Array(1))[0]);
}
