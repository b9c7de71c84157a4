import { DataError } from "../base/errors.ts";

/** How a text becomes tokens. */
export interface TextOptions {
  /** Whether the tokenizer's own special tokens are added; true unless told. */
  readonly addSpecialTokens?: boolean;
  /** Whether text such as `</s>` means the special token; false unless told. */
  readonly parseSpecial?: boolean;
  /** Most tokens that one input may have; the model's max_position_embeddings unless told. */
  readonly maxLength?: number;
}

/**
 * Checks that an input fits.
 * @throws DataError with both counts, or for an input of no tokens
 */
export function checkTokenCount(count: number, limit: number): void {
  if (count === 0) throw new DataError("expected at least one token in the text, got none");
  if (count > limit) throw new DataError(`the text has ${count} tokens, the context holds ${limit}`);
}

/** @throws DataError where `topK` is no whole number from 1 on */
export function checkTopK(topK: number): void {
  if (!Number.isInteger(topK) || topK < 1) {
    throw new DataError(`top_k: expected a whole number from 1 on, got ${topK}`);
  }
}
