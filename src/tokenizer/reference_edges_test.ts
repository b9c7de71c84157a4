/** Unusual files for which the reference still has an answer; each was found by `deno task differential`. */
import { assertEquals, assertThrows } from "@std/assert";
import { intField, pieceField } from "../../testdata/tokenizer/vocabularies.ts";
import { DataError } from "../base/errors.ts";
import { json } from "../../tests/support/bad_tokenizer_json.ts";
import { model, unk } from "../../tests/support/bad_tokenizer_models.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { fastParts } from "./load.ts";
import { SentencePiece } from "./sentencepiece/sentencepiece.ts";
import { readSentencePiece } from "./sentencepiece/sentencepiece_file.ts";

const encoder = new TextEncoder();
const PLAIN = encoder.encode('{"tokenizer_class":"PreTrainedTokenizerFast"}');

function fast(text: string): LlamaTokenizerFast {
  return new LlamaTokenizerFast(
    fastParts({ "tokenizer.json": encoder.encode(text), "tokenizer_config.json": PLAIN }),
  );
}

const UNKNOWN = { unk_token: "?", vocab: { a: 0, b: 1, "?": 2 }, merges: [] };

Deno.test("Whitespace: the two joiners belong to words", () => {
  const tokenizer = fast(json({ pre_tokenizer: { type: "Whitespace" }, added_tokens: [] }, UNKNOWN));
  // NUL | joiner | flag | variation, joiner | rainbow: each part is one unknown word or more.
  assertEquals(tokenizer.encode("\u0000\u200d🏳\ufe0f\u200d🌈").length, 6);
  assertEquals(tokenizer.encode("a\u200db"), [0, 2, 1]);
});

Deno.test("an empty regex match counts if no other match ends there", () => {
  const pattern = { Regex: "(?=a)|(?<!b)" };
  const vocab = { a: 0, b: 1, x: 2 };
  const replace = fast(json({ normalizer: { type: "Replace", pattern, content: "x" }, added_tokens: [] }, {
    vocab,
    merges: [],
  }));
  assertEquals(replace.encode("a"), [2, 0, 2]);
  assertEquals(replace.encode("ab"), [2, 0, 2, 1]);
  assertEquals(replace.encode(""), []);
  const split = fast(
    json({ pre_tokenizer: { type: "Split", pattern: { Regex: "(?=b)" }, behavior: "Isolated" } }),
  );
  // "ab" is not merged across a split before b.
  assertEquals(split.encode("ab"), [0, 1]);
});

Deno.test("an added token has the id that is next, whatever the file says", () => {
  const tokenizer = fast(json({ added_tokens: [{ id: 9, content: "<s>" }, { id: 12, content: "<t>" }] }));
  assertEquals(tokenizer.encode("<s><t>a"), [3, 4, 0]);
  assertEquals(tokenizer.length, 5);
});

Deno.test("unigram: what no token makes needs an unknown one", () => {
  const tokenizer = fast(json({ added_tokens: [], model: { type: "Unigram", vocab: [["a", -1]] } }));
  assertEquals(tokenizer.encode("aa"), [0, 0]);
  assertThrows(() => tokenizer.encode("ab"), DataError, 'model.unk_id: expected one, as no token makes "b"');
});

Deno.test("SentencePiece: an unused piece is unknown, and joins its unknown neighbours", () => {
  for (const modelType of [1, 2]) {
    const pieces = [unk, pieceField("a", -1, 1), pieceField("1", -1, 5)];
    const file = readSentencePiece(model(pieces, intField(3, modelType)), "tokenizer.model");
    assertEquals(new SentencePiece(file, false).encode("xa21za"), ["x", "a", "21z", "a"]);
  }
});
