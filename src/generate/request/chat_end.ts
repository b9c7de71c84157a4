import type { GenerationOptions } from "../options/types.ts";

/**
 * The ids that end an answer in a conversation: the model's own and the tokenizer's end token, which fine-tunes often
 * name nowhere else.
 * @param ignoreEos true if end tokens do not count
 */
export function chatEnds(
  { eosTokenIds }: Pick<GenerationOptions, "eosTokenIds">,
  eosTokenId: number | undefined,
  ignoreEos: boolean | undefined,
): readonly number[] {
  return ignoreEos || eosTokenId === undefined ? eosTokenIds : [...new Set([...eosTokenIds, eosTokenId])];
}
