import { pause } from "../../base/clock.ts";
import { Vocabulary } from "../../constraint/vocabulary.ts";
import type { LlamaTokenizerFast } from "../../tokenizer/mod.ts";
import { tokenBytes } from "../../tokenizer/token_bytes.ts";

/**
 * The bytes of a tokenizer's tokens, for constraints. Special and added tokens have none: an answer that is held to a
 * language has only text.
 * @param vocabSize number of ids that the model chooses among
 */
export async function tokenVocabulary(
  tokenizer: LlamaTokenizerFast,
  vocabSize: number,
): Promise<Vocabulary> {
  const { added } = tokenizer.pipeline;
  const textOf = (id: number) => added.has(id) ? undefined : tokenBytes(tokenizer, id);
  return await Vocabulary.build(textOf, vocabSize, pause);
}
