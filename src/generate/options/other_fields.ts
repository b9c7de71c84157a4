/**
 * Unsupported fields of GenerationConfig, each with the values that have no effect, its default first; null
 * never has one.
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

/** Fields that select the form of a call's result. */
export const RETURN_FIELDS: ReadonlySet<string> = new Set(
  "returnDictInGenerate outputScores outputLogits outputAttentions outputHiddenStates returnLegacyCache"
    .split(" "),
);

/** Fields that change no token here, with their defaults: they control other methods, or speed. */
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
