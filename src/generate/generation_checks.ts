import type { Bounds, Fields } from "../checkpoint/fields.ts";
import { kindOf } from "../checkpoint/json.ts";
import { DataError } from "../errors.ts";
import type { GenerationFields } from "./generation_fields.ts";

type Check = (fields: Fields, name: string) => unknown;

const COUNT = { min: 0, max: 2 ** 31 - 1 };
const TOKEN = COUNT;
/** Some old checkpoints have negative ones for none. */
const TOKEN_OR_NONE = { min: -(2 ** 31), max: TOKEN.max };
const SHARE = { min: 0, max: 1 };
const ABOVE_ZERO = { min: Number.MIN_VALUE };

const integer = (bounds: Bounds): Check => (fields, name) => fields.integer(name, null, bounds);
const number = (bounds: Bounds): Check => (fields, name) => fields.number(name, null, bounds);
const boolean: Check = (fields, name) => fields.boolean(name, false);
const tokens: Check = (fields, name) => fields.integers(name, TOKEN);
const tokenOrTokens = (bounds: Bounds): Check => (fields, name) =>
  Array.isArray(fields.get(name)) ? fields.integers(name, bounds) : fields.integer(name, null, bounds);

const CHECKS: Readonly<Record<keyof GenerationFields, Check>> = {
  maxLength: integer({ min: 1, max: COUNT.max }),
  maxNewTokens: integer(COUNT),
  minLength: integer(COUNT),
  minNewTokens: integer(COUNT),
  earlyStopping: (fields, name) => fields.get(name) === "never" ? "never" : fields.boolean(name, false),
  maxTime: number({ min: 0 }),
  stopStrings: (fields, name) =>
    typeof fields.get(name) === "string" ? fields.string(name, null) : fields.strings(name, null),
  doSample: boolean,
  numBeams: integer({}),
  useCache: boolean,
  cacheImplementation: (fields, name) => fields.string(name, null),
  temperature: number({ min: 0 }),
  topK: integer(COUNT),
  topP: number(SHARE),
  minP: number(SHARE),
  typicalP: number({ ...ABOVE_ZERO, max: 1 }),
  epsilonCutoff: number(SHARE),
  etaCutoff: number(SHARE),
  repetitionPenalty: number(ABOVE_ZERO),
  encoderRepetitionPenalty: number(ABOVE_ZERO),
  lengthPenalty: number({}),
  noRepeatNgramSize: integer(COUNT),
  encoderNoRepeatNgramSize: integer(COUNT),
  badWordsIds: (fields, name) => runs(fields, name),
  renormalizeLogits: boolean,
  forcedBosTokenId: integer(TOKEN),
  forcedEosTokenId: tokenOrTokens(TOKEN),
  removeInvalidValues: boolean,
  exponentialDecayLengthPenalty: (fields, name) => {
    const [start, factor] = fields.numbers(name, 2, 0);
    if (!Number.isInteger(start)) fields.fail(name, `expected a whole number of tokens first, got ${start}`);
    return [start, factor];
  },
  suppressTokens: tokens,
  beginSuppressTokens: tokens,
  sequenceBias: (fields, name) => biases(fields, name),
  numReturnSequences: integer({ max: 65535 }),
  padTokenId: integer(TOKEN_OR_NONE),
  // Old files have a list, which nothing reads.
  bosTokenId: (fields, name) => {
    const one = tokenOrTokens(TOKEN_OR_NONE)(fields, name);
    return Array.isArray(one) ? null : one;
  },
  eosTokenId: tokenOrTokens(TOKEN_OR_NONE),
  promptLookupNumTokens: integer({}),
  maxMatchingNgramSize: integer({}),
  guidanceScale: number({}),
  returnDictInGenerate: boolean,
  outputScores: boolean,
  outputLogits: boolean,
};

/** Fields that are looked at only where tokens are drawn. */
const DRAWING: ReadonlySet<string> = new Set(
  "temperature topK topP minP typicalP epsilonCutoff etaCutoff".split(" "),
);

/**
 * Fields of generation, checked; one that is null stays so.
 * @param names for each of them, the name it has among the fields
 * @param unfit takes the complaints about fields that matter only where tokens are drawn; without it they are thrown
 * @throws DataError that names a field that is of the wrong kind or out of range
 */
export function checkGenerationFields(
  fields: Fields,
  names: ReadonlyMap<string, string>,
  unfit?: Map<string, string>,
): Partial<GenerationFields> {
  const checked: Record<string, unknown> = {};
  for (const [known, name] of names) {
    const isNull = fields.get(name) === undefined;
    try {
      checked[known] = isNull ? null : CHECKS[known as keyof GenerationFields](fields, name);
    } catch (error) {
      if (!unfit || !DRAWING.has(known) || !(error instanceof DataError)) throw error;
      unfit.set(known, error.message);
    }
  }
  return checked as Partial<GenerationFields>;
}

/** A list of lists of ids, none of them empty. */
function runs(fields: Fields, name: string): number[][] {
  const list = fields.get(name);
  const isRun = (run: unknown) => Array.isArray(run) && run.length > 0 && run.every(isToken);
  const bad = Array.isArray(list) ? list.findIndex((run) => !isRun(run)) : -1;
  if (!Array.isArray(list) || bad >= 0) {
    const where = bad >= 0 ? `${name}.${bad}` : name;
    fields.fail(
      where,
      `expected lists of token ids, got ${kindOf(bad >= 0 ? (list as unknown[])[bad] : list)}`,
    );
  }
  return list as number[][];
}

/** A list of [ids, bias]. */
function biases(fields: Fields, name: string): [number[], number][] {
  const list = fields.get(name);
  if (!Array.isArray(list)) fields.fail(name, `expected a list of [ids, bias], got ${kindOf(list)}`);
  return (list as unknown[]).map((pair, i) => {
    const [ids, bias] = Array.isArray(pair) && pair.length === 2 ? pair : [];
    const isGood = Array.isArray(ids) && ids.length > 0 && ids.every(isToken) && typeof bias === "number";
    if (!isGood || Number.isNaN(bias)) {
      fields.fail(`${name}.${i}`, `expected [ids, bias], got ${kindOf(pair)}`);
    }
    return [ids as number[], bias as number];
  });
}

function isToken(id: unknown): boolean {
  return Number.isInteger(id) && id as number >= 0 && id as number <= TOKEN.max;
}
