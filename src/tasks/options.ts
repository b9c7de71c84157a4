import { DataError } from "../base/errors.ts";
import { kindOf } from "../base/json.ts";

/** Options of encoding a text. */
export interface TextOptions {
  /** True to add the tokenizer's own special tokens (default: true). */
  readonly addSpecialTokens?: boolean;
  /** True to parse text such as `</s>` as the special token (default: false). */
  readonly parseSpecial?: boolean;
  /** Maximum number of tokens of one input (default: the model's max_position_embeddings). */
  readonly maxLength?: number;
}

/**
 * Checks that an input fits.
 * @throws DataError with both counts, or for an input without tokens
 */
export function checkTokenCount(count: number, limit: number): void {
  if (count === 0) throw new DataError("expected at least one token in the text, got none");
  if (count > limit) throw new DataError(`the text has ${count} tokens, the context holds ${limit}`);
}

/** @throws DataError unless `topK` is a whole number of at least 1 */
export function checkTopK(topK: number): void {
  if (!Number.isInteger(topK) || topK < 1) {
    throw new DataError(`top_k: expected a whole number from 1 on, got ${kindOf(topK)}`);
  }
}
