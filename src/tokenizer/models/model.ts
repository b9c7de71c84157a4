import type { Vocabulary } from "./vocabulary.ts";

/** The encoding of one word: ids, and the number of UTF-16 units of the word that each covers. */
export interface WordTokens {
  ids: readonly number[];
  starts: readonly number[];
  ends: readonly number[];
}

/** A vocabulary and the rule that splits words into its tokens. */
export interface TokenModel {
  readonly vocab: Vocabulary;
  /** The end of the piece that starts at `start`: encoding pieces separately gives the tokens of the whole text. */
  pieceEnd?(text: string, start: number): number;
  encodeWord(word: string): WordTokens;
}

/** The names of the 256 byte tokens. */
export const byteTokens: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);

/** Ids of the byte tokens in a vocabulary (−1 if missing). */
export function byteTokenIds(vocab: Vocabulary): Int32Array {
  return Int32Array.from(byteTokens, (name) => vocab.get(name) ?? -1);
}
