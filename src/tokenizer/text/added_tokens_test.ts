import { assert, assertEquals } from "@std/assert";
import { defaultModelFolder } from "../../checkpoint/files/locate.ts";
import { readTokenizerConfig } from "../config.ts";
import { LlamaTokenizerFast } from "../fast.ts";
import { fastParts } from "../load.ts";
import { LlamaTokenizer } from "../slow.ts";

/** A tokenizer of single characters that writes X as x. */
function characters(): LlamaTokenizerFast {
  const json = {
    normalizer: { type: "Replace", pattern: { String: "X" }, content: "x" },
    model: {
      type: "BPE",
      vocab: Object.fromEntries([..." <>sabxX"].map((letter, id) => [letter, id])),
      merges: [],
    },
  };
  const encoder = new TextEncoder();
  return new LlamaTokenizerFast(fastParts({
    "tokenizer.json": encoder.encode(JSON.stringify(json)),
    "tokenizer_config.json": encoder.encode('{"tokenizer_class": "PreTrainedTokenizerFast"}'),
  }));
}

const flags = { lstrip: false, rstrip: false, singleWord: false };

// Special, normalized; then again with other flags: where tokenizers 0.22 finds it (as given, normalized).
const ADDED_TWICE: [string, string, string][] = [
  ["--", "--", "given"],
  ["--", "-n", "given normalised"],
  ["-n", "--", "given normalised"],
  ["-n", "-n", "normalised"],
  ["--", "s-", "given"],
  ["--", "sn", "given normalised"],
  ["-n", "s-", "given normalised"],
  ["-n", "sn", "normalised"],
  ["s-", "--", "given"],
  ["s-", "-n", "given"],
  ["sn", "--", "normalised"],
  ["sn", "-n", "normalised"],
  ["s-", "s-", "given"],
  ["s-", "sn", "given"],
  ["sn", "s-", "normalised"],
  ["sn", "sn", "normalised"],
];

for (const [first, second, places] of ADDED_TWICE) {
  Deno.test(`a token added as ${first} and then as ${second}, a single word, is found: ${places}`, () => {
    const tokenizer = characters();
    const token = (letters: string, singleWord: boolean) => ({
      ...flags,
      content: "<X>",
      special: letters[0] === "s",
      normalized: letters[1] === "n",
      singleWord,
    });
    assertEquals(tokenizer.addTokens([token(first, false)]), 1);
    assertEquals(tokenizer.addTokens([token(second, true)]), 0);
    assertEquals(tokenizer.length, 9);
    // A match appears as in the searched text.
    assertEquals(tokenizer.tokenize("<X>"), [places.includes("given") ? "<X>" : "<x>"]);
    assertEquals(tokenizer.tokenize("<x>").length, places.includes("normalised") ? 1 : 3);
    assertEquals(tokenizer.tokenize("a<X>"), ["a", "<", "x", ">"]);
    const special = `${first}${second}`.includes("s");
    assertEquals(tokenizer.decode([8], { skipSpecialTokens: true }), special ? "" : "<X>");
  });
}

Deno.test("tokens show the blanks that an added token took", () => {
  const tokenizer = characters();
  tokenizer.addTokens([{
    ...flags,
    content: "sa",
    special: true,
    normalized: false,
    lstrip: true,
    rstrip: true,
  }]);
  assertEquals(tokenizer.tokenize("b  sa a"), ["b", "  sa ", "a"]);
  assertEquals(tokenizer.convertIdsToTokens(tokenizer.encode("b  sa a")), ["b", "sa", "a"]);
});

Deno.test("slow: the class's own tokens are plain, whatever the table says, unless the file names them", async () => {
  const table = { "0": { content: "<unk>", special: true, single_word: true } };
  const ids = async (settings: Record<string, unknown>): Promise<number[]> => {
    const config = JSON.stringify({ added_tokens_decoder: table, ...settings });
    const files = {
      "tokenizer.model": await Deno.readFile(`${defaultModelFolder()}/tokenizer.model`),
      "tokenizer_config.json": new TextEncoder().encode(config),
    };
    return new LlamaTokenizer(files, readTokenizerConfig(files)).encode("a<unk>b");
  };
  assert((await ids({})).includes(0));
  assert(!(await ids({ unk_token: "<unk>" })).includes(0));
});
