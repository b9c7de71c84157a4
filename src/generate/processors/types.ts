/** What a processor may know beside the ids. */
export interface ProcessorContext {
  /** How many of the ids are the prompt's, its padding included. */
  readonly promptLength: number;
}

/**
 * Changes the scores of the next token in place; -Infinity removes a token.
 *
 * @param ids prompt and new tokens so far
 * @param scores [vocabulary], float32
 */
export type LogitsProcessor = (
  ids: readonly number[],
  scores: Float32Array,
  context: ProcessorContext,
) => void;

/** Ids and what is added to the score of the last one where the others come right before it. */
export type SequenceBias = readonly [ids: readonly number[], bias: number];

/** The fields of transformers' GenerationConfig that make processors, in camelCase; one left out is off. */
export interface ProcessorOptions {
  readonly sequenceBias?: readonly SequenceBias[];
  /** > 0; 1 is off. Above 1, tokens of the prompt become more likely. */
  readonly encoderRepetitionPenalty?: number;
  /** > 0; 1 is off. Above 1, tokens of prompt and answer become less likely. */
  readonly repetitionPenalty?: number;
  /** 0 is off; no run of that many tokens of the prompt comes again. */
  readonly encoderNoRepeatNgramSize?: number;
  /** 0 is off; no run of that many tokens comes twice. */
  readonly noRepeatNgramSize?: number;
  /** Runs of ids that do not come. */
  readonly badWordsIds?: readonly (readonly number[])[];
  /** Ids, the prompt's too, before which no end of sequence comes. */
  readonly minLength?: number;
  /** New ids before which no end of sequence comes. */
  readonly minNewTokens?: number;
  /** Comes after a prompt of a single token. */
  readonly forcedBosTokenId?: number;
  /** One of these comes last, where the length ends the sequence. */
  readonly forcedEosTokenId?: readonly number[];
  /** Most new tokens; only forcedEosTokenId looks at it. */
  readonly maxNewTokens?: number;
  /** Makes scores finite: those that are not a number become 0, infinite ones the largest there are. */
  readonly removeInvalidValues?: boolean;
  /** After that many new tokens, ends of sequence gain by a growing power of the factor. */
  readonly exponentialDecayLengthPenalty?: readonly [start: number, factor: number];
  /** Ids that do not come. */
  readonly suppressTokens?: readonly number[];
  /** Ids that do not come first. */
  readonly beginSuppressTokens?: readonly number[];
  /** The caller's own, after the ones above. */
  readonly logitsProcessor?: readonly LogitsProcessor[];
  /** Whether the ones below are on. */
  readonly doSample?: boolean;
  /** > 0; 1 is off. */
  readonly temperature?: number;
  /** 0 is off. */
  readonly topK?: number;
  /** [0, 1]; 1 is off. */
  readonly topP?: number;
  /** [0, 1]; 0 is off. */
  readonly minP?: number;
  /** (0, 1]; 1 is off. */
  readonly typicalP?: number;
  /** [0, 1); 0 is off. */
  readonly epsilonCutoff?: number;
  /** [0, 1); 0 is off. */
  readonly etaCutoff?: number;
  /** Scores become log-probabilities at the end. */
  readonly renormalizeLogits?: boolean;
  /** Ids that end a sequence. */
  readonly eosTokenIds?: readonly number[];
}
