import { DataError, UsageError } from "../../base/errors.ts";
import { mergedSampling } from "../options/greedy.ts";
import { optionsOf } from "../options/options_of.ts";
import { requireFit } from "../options/unfit_options.ts";
import type { GenerationOptions } from "../options/types.ts";
import { type AskedOptions, type AskedRecord, FIELD_FLAGS } from "./asked.ts";
import { badWordsIds } from "./bad_words.ts";
import type { Encoder } from "./encode_prompt.ts";

/** The settings of one prompt's generation. */
export interface PromptSettings {
  readonly options: GenerationOptions;
  readonly numReturnSequences: number;
  /** If true, no special tokens are added to the prompt. */
  readonly raw: boolean;
  /** If true, the text of a special token in the prompt is parsed as that token. */
  readonly parseSpecial: boolean;
}

/**
 * Merges the options of one prompt; the record wins over the flags, the flags over `defaults`.
 * @param defaults generation_config.json over the pipeline's defaults
 * @param tokenizer encodes bad words
 * @throws UsageError for bad words without a tokenizer, and more sequences than beams
 */
export function mergeSettings(
  defaults: GenerationOptions,
  flags: AskedOptions,
  { generation = {}, ...record }: AskedRecord = {},
  tokenizer?: Encoder,
): PromptSettings {
  const given = { ...flags, ...record };
  const fields = optionsOf(generation);
  const sampling = mergedSampling(record, flags, defaults);
  if (sampling.doSample) requireFit(defaults.unfit, { ...given, ...fields });
  const words = record.badWords ?? (generation.badWordsIds ? undefined : flags.badWords);
  const numReturnSequences = given.numReturnSequences ?? defaults.numReturnSequences ?? 1;
  const options: GenerationOptions = {
    ...defaults,
    ...(flags.earlyStopping && { earlyStopping: true }),
    ...(given.promptLookup && { promptLookupNumTokens: given.promptLookup }),
    ...fields,
    ...alike(given),
    ...lengthOf(defaults, flags, record, generation.maxLength),
    ...(words && { badWordsIds: idsOf(words, tokenizer) }),
    ...sampling,
    eosTokenIds: record.ignoreEos ? [] : fields.eosTokenIds ?? (flags.ignoreEos ? [] : defaults.eosTokenIds),
    seed: given.seed ?? randomSeed(),
    stop: record.stop ?? fields.stop ?? flags.stop ?? defaults.stop,
    logprobs: given.logprobs,
    numReturnSequences,
  };
  checkBeams(options);
  return {
    options,
    numReturnSequences,
    raw: given.raw ?? false,
    parseSpecial: given.parseSpecial ?? false,
  };
}

/** Options of a sequence that a flag or a record sets under the same name. */
function alike(values: AskedOptions): Partial<GenerationOptions> {
  const given = Object.entries(values).filter(([name, value]) =>
    value !== undefined && FIELD_FLAGS.includes(name)
  );
  return Object.fromEntries(given);
}

/** A number of new tokens wins over a total length, unless only the latter is in the record. */
function lengthOf(
  defaults: GenerationOptions,
  flags: AskedOptions,
  record: AskedOptions,
  maxLength: number | null | undefined,
): { maxNewTokens: number; maxLength: number | undefined } {
  if (record.maxNewTokens !== undefined) return { maxNewTokens: record.maxNewTokens, maxLength: undefined };
  if (maxLength) return { maxNewTokens: Infinity, maxLength };
  if (flags.maxNewTokens !== undefined) return { maxNewTokens: flags.maxNewTokens, maxLength: undefined };
  return { maxNewTokens: defaults.maxNewTokens, maxLength: defaults.maxLength };
}

function idsOf(words: readonly string[], tokenizer: Encoder | undefined): number[][] {
  if (tokenizer) return badWordsIds(words, tokenizer);
  throw new UsageError(
    "--bad-words needs a tokenizer, and the model has no tokenizer.json or tokenizer.model",
  );
}

function checkBeams(
  { numBeams = 1, numReturnSequences = 1, promptLookupNumTokens }: GenerationOptions,
): void {
  if (numBeams === 1) return;
  if (numReturnSequences > numBeams) {
    throw new UsageError(
      `--num-return-sequences ${numReturnSequences}: expected at most --num-beams, ${numBeams}`,
    );
  }
  if (promptLookupNumTokens) throw new UsageError("--num-beams and --prompt-lookup do not go together");
}

function randomSeed(): bigint {
  return BigInt(crypto.getRandomValues(new Uint32Array(1))[0]);
}

/**
 * Maximum number of new tokens for a prompt of this length.
 * @throws DataError if its options leave no room for any
 */
export function newTokensFor(options: GenerationOptions, length: number, where: string): number {
  const { maxNewTokens, maxLength = Infinity } = options;
  if (length < maxLength) return Math.min(maxNewTokens, maxLength - length);
  throw new DataError(
    `${where}: the prompt has ${length} tokens, max_length is ${maxLength}: no room for an answer`,
  );
}
