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
