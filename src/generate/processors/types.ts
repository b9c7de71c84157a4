/** Context of a processor besides the ids. */
export interface ProcessorContext {
  /** Number of ids that belong to the prompt, its padding included. */
  readonly promptLength: number;
}

/**
 * Modifies the scores of the next token in place; -Infinity removes a token.
 *
 * @param ids prompt and new tokens so far
 * @param scores [vocabulary], float32
 */
export type LogitsProcessor = (
  ids: readonly number[],
  scores: Float32Array,
  context: ProcessorContext,
) => void;

/** Ids, and the bias added to the score of the last one if the others directly precede it. */
export type SequenceBias = readonly [ids: readonly number[], bias: number];
