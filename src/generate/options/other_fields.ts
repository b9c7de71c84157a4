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

/** Fields that decide the form in which a call gives its result. */
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
