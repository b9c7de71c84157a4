/** The fields of transformers' GenerationConfig 4.57 in camelCase; `null` is Python's None. */
export interface GenerationFields {
  /** Most tokens, the prompt and its padding included; 20 stands for 20 new ones. */
  maxLength: number | null;
  /** Most new tokens; wins over maxLength. */
  maxNewTokens: number | null;
  /** Tokens, the prompt and its padding included, before which none that ends a sequence comes. */
  minLength: number | null;
  /** New tokens before which none that ends a sequence comes; wins over minLength. */
  minNewTokens: number | null;
  /** When a beam search ends. */
  earlyStopping: boolean | "never" | null;
  /** Seconds after which no token is added. */
  maxTime: number | null;
  /** Texts that end a sequence; they need a tokenizer. */
  stopStrings: string | readonly string[] | null;
  /** Whether tokens are drawn; otherwise the best one is taken. */
  doSample: boolean | null;
  /** Sequences that a beam search follows. */
  numBeams: number | null;
  /** Accepted; there always is a cache. */
  useCache: boolean | null;
  /** How the cache is held; all give the same tokens. */
  cacheImplementation: "static" | "dynamic" | null;
  /** Divides the scores; 0 takes the best token. */
  temperature: number | null;
  /** Draws from that many best tokens; 0: from all. */
  topK: number | null;
  /** Draws from the best tokens that hold this much probability together. */
  topP: number | null;
  /** Draws from tokens that have this share of the best one's probability. */
  minP: number | null;
  /** Draws from the tokens of the most expected surprise that hold this much probability together. */
  typicalP: number | null;
  /** Draws from tokens of at least this probability. */
  epsilonCutoff: number | null;
  /** The same, less strict where many tokens are likely. */
  etaCutoff: number | null;
  /** Divides positive and multiplies negative scores of tokens that were there already, in the prompt too. */
  repetitionPenalty: number | null;
  /** The other way round, for tokens of the prompt. */
  encoderRepetitionPenalty: number | null;
  /** Beams are compared by their score over their length to this power. */
  lengthPenalty: number | null;
  /** No run of that many tokens comes twice. */
  noRepeatNgramSize: number | null;
  /** No run of that many tokens of the prompt comes again. */
  encoderNoRepeatNgramSize: number | null;
  /** Runs of tokens that do not come. */
  badWordsIds: readonly (readonly number[])[] | null;
  /** Scores become log-probabilities after all processors. */
  renormalizeLogits: boolean | null;
  /** Comes after a prompt of a single token. */
  forcedBosTokenId: number | null;
  /** Comes last, where the length ends the sequence. */
  forcedEosTokenId: number | readonly number[] | null;
  /** Scores that are not finite are made so. */
  removeInvalidValues: boolean | null;
  /** After that many new tokens, ends of sequence gain by a growing power of the factor. */
  exponentialDecayLengthPenalty: readonly [start: number, factor: number] | null;
  /** Tokens that do not come. */
  suppressTokens: readonly number[] | null;
  /** Tokens that do not come first. */
  beginSuppressTokens: readonly number[] | null;
  /** Runs of tokens, and what the score of the last one gains after the others. */
  sequenceBias: readonly (readonly [ids: readonly number[], bias: number])[] | null;
  /** Sequences for each prompt; they stand together. */
  numReturnSequences: number | null;
  /** Fills rows that end early; the first eosTokenId where nothing else is said. */
  padTokenId: number | null;
  /** Accepted; prompts are given as they are to be. */
  bosTokenId: number | null;
  /** Tokens that end a sequence. */
  eosTokenId: number | readonly number[] | null;
  /** Guesses that many tokens from what the text says already, and checks them in one forward. */
  promptLookupNumTokens: number | null;
  /** Most last tokens that a guess must match. */
  maxMatchingNgramSize: number | null;
  /** Moves scores away from what the model says behind negativePromptIds; 1 is off. */
  guidanceScale: number | null;
  /** Whether `generate` gives an object instead of rows alone; what it holds say outputScores and outputLogits. */
  returnDictInGenerate: boolean | null;
  /** The scores that tokens were chosen from, processed. */
  outputScores: boolean | null;
  /** The scores as the model gave them. */
  outputLogits: boolean | null;
}

/** What each field is where nothing is said. */
export const GENERATION_DEFAULTS: Readonly<GenerationFields> = {
  maxLength: 20,
  maxNewTokens: null,
  minLength: 0,
  minNewTokens: null,
  earlyStopping: false,
  maxTime: null,
  stopStrings: null,
  doSample: false,
  numBeams: 1,
  useCache: true,
  cacheImplementation: null,
  temperature: 1,
  topK: 50,
  topP: 1,
  minP: null,
  typicalP: 1,
  epsilonCutoff: 0,
  etaCutoff: 0,
  repetitionPenalty: 1,
  encoderRepetitionPenalty: 1,
  lengthPenalty: 1,
  noRepeatNgramSize: 0,
  encoderNoRepeatNgramSize: 0,
  badWordsIds: null,
  renormalizeLogits: false,
  forcedBosTokenId: null,
  forcedEosTokenId: null,
  removeInvalidValues: false,
  exponentialDecayLengthPenalty: null,
  suppressTokens: null,
  beginSuppressTokens: null,
  sequenceBias: null,
  numReturnSequences: 1,
  padTokenId: null,
  bosTokenId: null,
  eosTokenId: null,
  promptLookupNumTokens: null,
  maxMatchingNgramSize: null,
  guidanceScale: null,
  returnDictInGenerate: false,
  outputScores: false,
  outputLogits: null,
};

/**
 * Fields of GenerationConfig that cannot be done here, each with the values that ask for nothing, its own default
 * first; null always does.
 */
export const UNSUPPORTED_FIELDS: Readonly<Record<string, readonly unknown[]>> = {
  cacheConfig: [null],
  returnLegacyCache: [null, false],
  prefillChunkSize: [null],
  tokenHealing: [false],
  watermarkingConfig: [null],
  outputAttentions: [false],
  outputHiddenStates: [false],
  assistantEarlyExit: [null],
  penaltyAlpha: [null, 0],
  dolaLayers: [null],
  diversityPenalty: [0],
  numBeamGroups: [1],
  constraints: [null],
  forceWordsIds: [null],
};

/** Fields that say in which form a call gives what it has made. */
export const RETURN_FIELDS: ReadonlySet<string> = new Set(
  "returnDictInGenerate outputScores outputLogits outputAttentions outputHiddenStates returnLegacyCache"
    .split(" "),
);

/** Fields that change no token here, with their defaults: they steer other methods, or how fast something runs. */
export const IDLE_FIELDS: Readonly<Record<string, unknown>> = {
  decoderStartTokenId: null,
  isAssistant: false,
  numAssistantTokens: 20,
  numAssistantTokensSchedule: "constant",
  assistantConfidenceThreshold: 0.4,
  assistantLookbehind: 10,
  targetLookbehind: 10,
  disableCompile: false,
  lowMemory: null,
  transformersVersion: "4.57.6",
};
