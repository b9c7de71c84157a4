import { assert, assertEquals } from "@std/assert";
import { defaultModelFolder } from "../../checkpoint/files/locate.ts";
import { badWordsIds } from "./bad_words.ts";
import { loadTokenizer } from "../../tokenizer/mod.ts";

Deno.test("badWordsIds: a word after a space and within one, each once", async () => {
  const tokenizer = await loadTokenizer(defaultModelFolder());
  const shown = (words: string[]) =>
    badWordsIds(words, tokenizer).map((ids) => tokenizer.convertIdsToTokens(ids).join(" "));
  const [within, after] = shown(["Lily"]);
  assertEquals([within.replaceAll(" ", ""), after.replaceAll(" ", "")].map((text) => text.at(-1)), [
    "y",
    "y",
  ]);
  assert(within !== after && !within.startsWith("▁") && after.startsWith("▁"), `${within} and ${after}`);
  assertEquals(shown(["a", "a"]).length, 2);
});

Deno.test("badWordsIds: where words begin with a space by themselves", () => {
  // Encodes like byte-level tokenizers: adds no space, and a space belongs to the word after it.
  const encode = (text: string) =>
    [...text.matchAll(/ ?\S+|\s/g)].map(([part]) => part.length * 100 + part.charCodeAt(0));
  assertEquals(badWordsIds(["ab"], { encode }), [[297], [332]]);
});
