import type { GenerationFields } from "./generation_fields.ts";
import type { GenerationOptions } from "./types.ts";

/** Options that ask for nothing: the best token each time, and no end. */
export const OFF = {
  minNewTokens: 0,
  doSample: false,
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  eosTokenIds: [],
  seed: 0n,
  stop: [],
} as const satisfies Partial<GenerationOptions>;

/** Fields that are no business of a single sequence's, or that are counted before it begins. */
const NOT_OPTIONS: ReadonlySet<string> = new Set(
  ("maxLength maxNewTokens useCache cacheImplementation padTokenId bosTokenId guidanceScale returnDictInGenerate " +
    "outputScores outputLogits").split(" "),
);

/** Names that differ, all of them lists. */
const LISTS: Readonly<Record<string, keyof GenerationOptions>> = {
  eosTokenId: "eosTokenIds",
  stopStrings: "stop",
  forcedEosTokenId: "forcedEosTokenId",
};

/**
 * Fields of a GenerationConfig as options of a sequence; null is {@linkcode OFF}, or undefined where an option may be.
 * A temperature of 0 becomes 1, as 0 only says that nothing is drawn.
 */
export function optionsOf(fields: Partial<GenerationFields>): Partial<GenerationOptions> {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (NOT_OPTIONS.has(name) || value === undefined) continue;
    const option = LISTS[name] ?? name;
    if (name in LISTS) options[option] = value === null ? [] : [value].flat();
    else options[option] = value ?? OFF[option as keyof typeof OFF];
  }
  if (options.temperature === 0) options.temperature = 1;
  // Some old checkpoints say -1 for none.
  if (options.eosTokenIds) options.eosTokenIds = (options.eosTokenIds as number[]).filter((id) => id >= 0);
  // New tokens win over all tokens.
  if (typeof fields.minNewTokens === "number") options.minLength = undefined;
  return options;
}
