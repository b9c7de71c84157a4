/** Parts of tokenizer.json that use Unicode tables, against the tokenizers library (make_unicode_parts.py). */
import { assertEquals, assertThrows } from "@std/assert";
import { gunzip } from "../../testdata/tokenizer/vocabularies.ts";
import { DataError } from "../base/errors.ts";
import { json } from "../../tests/support/bad_tokenizer_json.ts";
import { CodePointRanges } from "./unicode/code_point_ranges.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { fastParts } from "./load.ts";

interface Case {
  name: string;
  sections: Record<string, unknown>;
  ids: number[][];
  /** Start and end offsets, in pairs. */
  offsets: number[][];
  words: number[][];
}

const read = async (name: string) => JSON.parse(new TextDecoder().decode(await gunzip(name)));
const golden = await read("unicode_parts.json.gz") as { texts: string[]; cases: Case[] };
const model = (await read("components.json.gz") as { models: Record<string, unknown> }).models.bytes;
const encoder = new TextEncoder();
const config = encoder.encode('{"tokenizer_class": "PreTrainedTokenizerFast"}');

function load(text: string): LlamaTokenizerFast {
  return new LlamaTokenizerFast(
    fastParts({ "tokenizer.json": encoder.encode(text), "tokenizer_config.json": config }),
  );
}

for (const { name, sections, ids, offsets, words } of golden.cases) {
  Deno.test(`${name}: ids, places and words as the tokenizers library has them`, () => {
    const tokenizer = load(JSON.stringify({ ...sections, model }));
    golden.texts.forEach((text, k) => {
      const shown = JSON.stringify(text);
      assertEquals(tokenizer.encode(text).join(), ids[k].join(), shown);
      const { inputIds, offsetMapping, wordIds } = tokenizer.call(text);
      assertEquals(inputIds[0].join(), ids[k].join(), shown);
      assertEquals(offsetMapping[0].flat().join(), offsets[k].join(), `places in ${shown}`);
      assertEquals(wordIds[0].join(), words[k].join(), `words of ${shown}`);
    });
  });
}

Deno.test("FixedLength: five characters where nothing is said, and never none", () => {
  const tokenizer = load(json({ pre_tokenizer: { type: "FixedLength" }, added_tokens: [] }));
  assertEquals(tokenizer.call("aaaaaaa").wordIds, [[0, 0, 0, 0, 0, 1, 1]]);
  assertThrows(() => load(json({ pre_tokenizer: { type: "FixedLength", length: 0 } })), DataError, "length");
});

Deno.test("stretches of code points: their ends, and what is between them", () => {
  const ranges = new CodePointRanges("2 3 0 1 1 7 a 2 9", true);
  const classes = [1, 2, 4, 5, 6, 7, 16, 17, 18, 19].map((point) => ranges.classOf(point));
  const none = undefined;
  assertEquals(classes, [none, 0, 0, none, 7, none, none, 9, 9, none]);
});
