import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { Random } from "../../base/random.ts";
import { bytesField, gunzip, intField, pieceField } from "../../../testdata/tokenizer/vocabularies.ts";
import { DataError, UsageError } from "../../base/errors.ts";
import {
  BAD_TOKENIZER_MODELS,
  bytePieces,
  fallback,
  model,
  unk,
} from "../../../tests/support/bad_tokenizer_models.ts";
import { readTokenizerConfig } from "../config.ts";
import type { TokenizerFiles } from "../config_types.ts";
import { readSentencePiece } from "./sentencepiece_file.ts";
import { LlamaTokenizer } from "../slow.ts";

/** The one-line message for an invalid input. */
function complaint(run: () => unknown): string {
  const { message } = assertThrows(run, DataError);
  assert(!message.includes("\n"), `one line: ${message}`);
  return message;
}

Deno.test("the small tokenizer.model of these tests is read", () => {
  const file = readSentencePiece(
    model([unk, ...bytePieces, pieceField("a", -1, 1)], fallback),
    "tokenizer.model",
  );
  assertEquals([file.pieces.length, file.unkId, file.modelType], [258, 0, "bpe"]);
});

for (const [name, bytes, pattern] of BAD_TOKENIZER_MODELS) {
  Deno.test(`tokenizer.model: ${name}`, () => {
    assertMatch(complaint(() => readSentencePiece(bytes, "tokenizer.model")), pattern);
  });
}

Deno.test("tokenizer.model: every cut and many flipped bits give an error or a model, soon", async () => {
  const whole = (await gunzip("unigram.model.gz")).slice(-4000); // Trainer and normalizer settings, and part of the charsmap.
  const small = Uint8Array.from([
    ...unk,
    ...pieceField("a", -1, 1),
    ...bytesField(2, intField(3, 2)),
    ...whole,
  ]);
  const random = new Random(1);
  for (let k = 0; k < 3000; k++) {
    const bytes = small.slice(0, k < 200 ? k : small.length);
    if (k >= 200) bytes[random.below(60)] ^= 1 << (k % 8);
    try {
      const files: TokenizerFiles = { "tokenizer.model": bytes };
      new LlamaTokenizer(files, readTokenizerConfig({})).encode("a b");
    } catch (error) {
      assert(error instanceof DataError, String(error));
    }
  }
});

Deno.test("sampling settings out of range are wrong usage", () => {
  const files = { "tokenizer.model": model([unk, pieceField("a", 0, 1)]) };
  const sampling = { enableSampling: true, nbestSize: 1 };
  assertThrows(
    () => new LlamaTokenizer(files, readTokenizerConfig({}, { spModelKwargs: sampling })),
    UsageError,
    "nbestSize",
  );
});
