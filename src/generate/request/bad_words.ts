import type { Encoder } from "./encode_prompt.ts";

/** Text before a word: at the start of a text, the tokenizer may imply a space. */
const BEFORE = "\n";

/**
 * Token ids of forbidden words, each at the start of a word (after a space) and within one. A word spelled by
 * other tokens can still be generated, as in transformers.
 */
export function badWordsIds(words: readonly string[], tokenizer: Encoder): number[][] {
  const encode = (text: string) => tokenizer.encode(text, { addSpecialTokens: false, parseSpecial: false });
  const before = encode(BEFORE);
  const continued = (text: string) => {
    const ids = encode(BEFORE + text);
    return before.every((id, i) => id === ids[i]) ? ids.slice(before.length) : encode(text);
  };
  const all = words.flatMap((word) => [continued(word), continued(` ${word}`)]);
  const different = new Map(all.filter((ids) => ids.length > 0).map((ids) => [ids.join(), ids]));
  return [...different.values()];
}
