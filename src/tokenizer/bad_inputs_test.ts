import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { bytesField, gunzip, intField, pieceField } from "../../testdata/tokenizer/vocabularies.ts";
import { DataError, EnvironmentError, UsageError } from "../errors.ts";
import { renderTemplate } from "./chat_template.ts";
import { readTokenizerConfig, type TokenizerFiles } from "./config.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { fastParts } from "./load.ts";
import { loadTokenizer } from "./mod.ts";
import { compileRegex } from "./regex.ts";
import { readSentencePiece } from "./sentencepiece_file.ts";
import { LlamaTokenizer } from "./slow.ts";
import { readTokenizerJson } from "./tokenizer_json.ts";

const encoder = new TextEncoder();

/** A small tokenizer.json that loads; parts can be replaced. */
function json(changes: Record<string, unknown> = {}, model: Record<string, unknown> = {}): string {
  return JSON.stringify({
    version: "1.0",
    added_tokens: [{ id: 3, content: "<s>", special: true, normalized: false }],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: { type: "BPE", unk_token: null, vocab: { a: 0, b: 1, ab: 2 }, merges: ["a b"], ...model },
    ...changes,
  });
}

const read = (text: string) => readTokenizerJson(encoder.encode(text), "tokenizer.json");

/** The one line that a broken input gives. */
function complaint(run: () => unknown): string {
  const { message } = assertThrows(run, DataError);
  assert(!message.includes("\n"), `one line: ${message}`);
  return message;
}

Deno.test("the small tokenizer.json of these tests is read", () => {
  const { parts, added } = read(json());
  assertEquals(parts.model.encodeWord("aba").ids, [2, 0]);
  assertEquals(added[0].id, 3);
});

const brokenJson: [string, string, RegExp][] = [
  [
    "a merge naming a missing token",
    json({}, { merges: ["a b", "a c"] }),
    /model\.merges\[1\]: .*model\.vocab.*"c"/,
  ],
  ["a merge whose result is missing", json({}, { merges: ["b a"] }), /model\.merges\[0\].*"b a"/],
  ["a merge of three parts", json({}, { merges: ["a b c"] }), /model\.merges\[0\]: expected two parts/],
  [
    "a merge array of three parts",
    json({}, { merges: [["a", "b", "c"]] }),
    /model\.merges\[0\]: expected two parts/,
  ],
  ["a merge of one part", json({}, { merges: ["ab"] }), /model\.merges\[0\]: expected two parts/],
  ["a merge that is a number", json({}, { merges: [7] }), /model\.merges\[0\]: expected two parts/],
  ["merges that are an object", json({}, { merges: {} }), /model\.merges: expected an array/],
  ["id -1", json({}, { vocab: { a: 0, b: -1, ab: 2 } }), /model\.vocab\["b"\]: .*-1/],
  ["id 7.5", json({}, { vocab: { a: 0, b: 7.5, ab: 2 } }), /model\.vocab\["b"\]: .*7\.5/],
  ["id 2^32", json({}, { vocab: { a: 0, b: 2 ** 32, ab: 2 } }), /model\.vocab\["b"\]: .*4294967296/],
  ["id 9e8", json({}, { vocab: { a: 0, b: 9e8, ab: 2 } }), /model\.vocab\["b"\]: .*900000000/],
  ["a string as id", json({}, { vocab: { a: 0, b: "1", ab: 2 } }), /model\.vocab\["b"\]: .*"1"/],
  [
    "two tokens on one id",
    json({}, { vocab: { a: 0, b: 1, ab: 1 } }),
    /model\.vocab\["ab"\]: .*1, which "b" has/,
  ],
  ["a key twice", json().replace('"a":0', '"a":0,"a":3'), /"a" twice/],
  ["a section twice", json().replace('"version"', '"normalizer":null,"version"'), /"normalizer" twice/],
  [
    "an added token on a taken id",
    json({ added_tokens: [{ id: 1, content: "x" }] }),
    /added_tokens\[0\]\.id: .*"b" has it/,
  ],
  [
    "an added token with another id than its own",
    json({ added_tokens: [{ id: 9, content: "a" }] }),
    /added_tokens\[0\]\.id: expected 0/,
  ],
  ["an added id -1", json({ added_tokens: [{ id: -1, content: "x" }] }), /added_tokens\[0\]\.id: .*-1/],
  [
    "an added id 9e8",
    json({ added_tokens: [{ id: 9e8, content: "x" }] }),
    /added_tokens\[0\]\.id: .*900000000/,
  ],
  ["an added token without content", json({ added_tokens: [{ id: 4 }] }), /added_tokens\[0\]\.content/],
  [
    "added tokens of a wrong type",
    json({ added_tokens: [{ id: 4, content: "x", lstrip: 1 }] }),
    /added_tokens\[0\]\.lstrip/,
  ],
  ["undefined unk_token", json({}, { unk_token: "<unk>" }), /model\.unk_token: .*"<unk>"/],
  ["unknown model", json({}, { type: "WordPiece" }), /model\.type: .*"WordPiece"/],
  ["no model", json({ model: null }), /model: expected an object/],
  ["unknown normalizer", json({ normalizer: { type: "Foo" } }), /normalizer\.type: .*"Foo"/],
  ["unknown pre-tokenizer", json({ pre_tokenizer: { type: "Foo" } }), /pre_tokenizer\.type: .*"Foo"/],
  ["unknown post-processor", json({ post_processor: { type: "Foo" } }), /post_processor\.type: .*"Foo"/],
  [
    "unknown decoder",
    json({ decoder: { type: "Sequence", decoders: [{ type: "Foo" }] } }),
    /decoder\.decoders\[0\]\.type: .*"Foo"/,
  ],
  [
    "a template with an unknown token",
    json({
      post_processor: {
        type: "TemplateProcessing",
        single: [{ SpecialToken: { id: "x", type_id: 0 } }],
        special_tokens: {},
      },
    }),
    /single\[0\]\.SpecialToken\.id: .*"x"/,
  ],
  [
    "a regex that does not parse",
    json({ pre_tokenizer: { type: "Split", pattern: { Regex: "(a" }, behavior: "Isolated" } }),
    /pre_tokenizer\.pattern\.Regex: offset 2/,
  ],
  [
    "a charsmap larger than its blob",
    json({ normalizer: { type: "Precompiled", precompiled_charsmap: btoa("\xff\xff\xff\x00") } }),
    /normalizer\.precompiled_charsmap: .*16777215/,
  ],
  [
    "a charsmap that is not base64",
    json({ normalizer: { type: "Precompiled", precompiled_charsmap: "%" } }),
    /base64/,
  ],
  ["a dropout of 2", json({}, { dropout: 2 }), /model\.dropout/],
  ["a NaN unigram score", json({ model: { type: "Unigram", vocab: [["a", "NaN"]] } }), /model\.vocab\[0\]/],
  [
    "a unigram token twice",
    json({ model: { type: "Unigram", vocab: [["a", 0], ["a", 1]] } }),
    /model\.vocab\[1\]: .*"a"/,
  ],
  ["an unk_id outside", json({ model: { type: "Unigram", vocab: [["a", 0]], unk_id: 1 } }), /model\.unk_id/],
  ["truncated", json().slice(0, -9), /tokenizer\.json: expected JSON/],
  ["empty", "", /tokenizer\.json: expected JSON/],
  ["an array", "[]", /tokenizer\.json: expected an object/],
  ["a byte-order mark", "\ufeff" + json(), /byte-order mark/],
  ["100,000-deep nesting", "[".repeat(100_000), /nesting of at most 128/],
];

for (const [name, text, pattern] of brokenJson) {
  Deno.test(`tokenizer.json: ${name}`, () => assertMatch(complaint(() => read(text)), pattern));
}

Deno.test("tokenizer.json: bytes that are not UTF-8", () => {
  const bytes = encoder.encode(json());
  bytes[12] = 0xff;
  assertMatch(complaint(() => readTokenizerJson(bytes, "tokenizer.json")), /expected UTF-8/);
});

Deno.test("tokenizer.json: keys like __proto__ are ordinary tokens", () => {
  const text = json().replace('"a":0', '"__proto__":3,"a":0').replace('"id":3', '"id":4');
  assertEquals(read(text).parts.model.vocab.get("__proto__"), 3);
});

/** A small tokenizer.model; extra fields go at the end. */
function model(pieces: number[][], trainer: number[] = intField(3, 2), ...more: number[][]): Uint8Array {
  return Uint8Array.from([...pieces.flat(), ...bytesField(2, trainer), ...more.flat()]);
}

const unk = pieceField("<unk>", 0, 2);
const byteNames = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);
const bytePieces = byteNames.map((name) => pieceField(name, 0, 6));
const fallback = [...intField(3, 2), ...intField(35, 1)];
const badCharsmap = bytesField(3, bytesField(2, [0xff, 0xff, 0, 0, 1]));

Deno.test("the small tokenizer.model of these tests is read", () => {
  const file = readSentencePiece(
    model([unk, ...bytePieces, pieceField("a", -1, 1)], fallback),
    "tokenizer.model",
  );
  assertEquals([file.pieces.length, file.unkId, file.modelType], [258, 0, "bpe"]);
});

const brokenModels: [string, Uint8Array, RegExp][] = [
  ["empty", new Uint8Array(), /empty file/],
  ["truncated", model([unk, pieceField("a", 0, 1)]).subarray(0, 20), /offset \d+: expected/],
  ["a varint too long", Uint8Array.from([...unk, ...new Array(11).fill(0xff)]), /varint of at most 10 bytes/],
  [
    "a length of 2^63",
    Uint8Array.from([0x0a, ...new Array(9).fill(0xff), 0x01]),
    /offset 0: expected \d+ bytes/,
  ],
  ["a wire type of 7", Uint8Array.from([0x0f]), /offset 0: expected a known wire type, got 7/],
  ["no unk", model([pieceField("a", 0, 1)]), /expected one unknown piece .*got none/],
  ["two unks", model([unk, pieceField("<unk2>", 0, 2)]), /pieces\[1\]: expected one unknown piece/],
  [
    "a duplicate piece",
    model([unk, pieceField("a", 0, 1), pieceField("a", 0, 1)]),
    /pieces\[2\]: .*a, which is pieces\[1\]/,
  ],
  ["an empty piece", model([unk, pieceField("", 0, 1)]), /pieces\[1\]: expected a piece that is not empty/],
  ["a NaN score", model([unk, pieceField("a", NaN, 1)]), /pieces\[1\]: expected a finite score, got "NaN"/],
  ["an infinite score", model([unk, pieceField("a", Infinity, 1)]), /pieces\[1\]: expected a finite score/],
  [
    "an unknown piece type",
    model([unk, pieceField("a", 0, 9)]),
    /pieces\[1\]: expected a type from 1 to 6, got 9/,
  ],
  [
    "a broken byte piece",
    model([unk, pieceField("<0xZZ>", 0, 6)], fallback),
    /pieces\[1\]: expected a byte piece/,
  ],
  [
    "fewer than 256 byte pieces",
    model([unk, ...bytePieces.slice(1)], fallback),
    /expected 256 byte pieces.*255/,
  ],
  ["byte pieces without byte_fallback", model([unk, ...bytePieces]), /expected no byte pieces/],
  ["model_type word", model([unk], intField(3, 3)), /model_type: .*3 word/],
  ["model_type char", model([unk], intField(3, 4)), /model_type: .*4 char/],
  [
    "a charsmap larger than its blob",
    model([unk], intField(3, 2), badCharsmap),
    /precompiled_charsmap: .*65535/,
  ],
  [
    "a piece that is not UTF-8",
    model([unk, pieceField(Uint8Array.of(0xff, 0xfe), 0, 1)]),
    /pieces\[1\]: offset \d+: expected UTF-8/,
  ],
  ["no pieces", model([]), /pieces: expected a vocabulary/],
  ["an HTML page", encoder.encode("<!DOCTYPE html><html>"), /an HTML page/],
  ["a git-LFS pointer", encoder.encode("version https://git-lfs.github.com/spec/v1\n"), /a git-LFS pointer/],
  ["a tiktoken vocabulary", encoder.encode("IQ== 0\nIg== 1\n"), /a tiktoken vocabulary/],
];

for (const [name, bytes, pattern] of brokenModels) {
  Deno.test(`tokenizer.model: ${name}`, () => {
    assertMatch(complaint(() => readSentencePiece(bytes, "tokenizer.model")), pattern);
  });
}

Deno.test("tokenizer.model: every cut and many flipped bits give an error or a model, soon", async () => {
  const whole = (await gunzip("unigram.model.gz")).slice(-4000); // Trainer and normalizer settings, and some of the charsmap.
  const small = Uint8Array.from([
    ...unk,
    ...pieceField("a", -1, 1),
    ...bytesField(2, intField(3, 2)),
    ...whole,
  ]);
  let state = 1;
  for (let k = 0; k < 3000; k++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const bytes = small.slice(0, k < 200 ? k : small.length);
    if (k >= 200) bytes[state % 60] ^= 1 << (k % 8);
    try {
      const files: TokenizerFiles = { "tokenizer.model": bytes };
      new LlamaTokenizer(files, readTokenizerConfig({})).encode("a b");
    } catch (error) {
      assert(error instanceof DataError, String(error));
    }
  }
});

Deno.test("an exploding regex takes linear time", () => {
  const start = performance.now();
  const text = "a".repeat(200_000) + "b";
  assertEquals(compileRegex("(a+)+$", "x")(text), []);
  assertEquals(compileRegex("(a|aa)+c", "x")(text), []);
  assertEquals(compileRegex("^(([a-z])+.)+[A-Z]([a-z])+$", "x")(text), []);
  assert(performance.now() - start < 5_000);
});

Deno.test("a regex that cannot be linear stops with an error", () => {
  const match = compileRegex("a(?=a*c)", "tokenizer.json: pre_tokenizer.pattern.Regex");
  assertEquals(match("a".repeat(20_000)), []);
  assertMatch(
    complaint(() => match("a".repeat(20_000) + "c")),
    /expected a pattern that runs in linear time/,
  );
});

const templates: [string, string, RegExp][] = [
  ["a huge range", "{% for i in range(10**9) %}x{% endfor %}", /range of at most/],
  [
    "nested loops without end",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}x{% endfor %}{% endfor %}{% endfor %}",
    /steps|within/,
  ],
  [
    "text that doubles",
    "{% set n = namespace(s='x') %}{% for i in range(99) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
    /bounded size/,
  ],
  [
    "lists that double",
    "{% set n = namespace(s=[1]) %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}",
    /bounded size/,
  ],
  ["__class__", "{{ messages.__class__ }}", /__class__/],
  ["endless recursion", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", /chat template: /],
  ["an exception of its own", "{{ raise_exception('only\nuser') }}", /chat template: only user/],
  ["a broken program", "{% for %}", /chat template: /],
];

for (const [name, template, pattern] of templates) {
  Deno.test(`chat template: ${name}`, () => {
    const start = performance.now();
    assertMatch(complaint(() => renderTemplate(template, { messages: [] })), pattern);
    assert(performance.now() - start < 8_000);
  });
}

Deno.test("a folder without a tokenizer, and no folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assertMatch(
      (await assertRejects(() => loadTokenizer(folder), DataError)).message,
      /tokenizer\.json or tokenizer\.model/,
    );
    await assertRejects(() => LlamaTokenizer.fromPretrained(folder), DataError, "tokenizer.model");
    await assertRejects(() => loadTokenizer(`${folder}/none`), EnvironmentError, "none");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("settings that are wrong name their file and field", () => {
  const config = (text: string): TokenizerFiles => ({ "tokenizer_config.json": encoder.encode(text) });
  const cases: [string, RegExp][] = [
    ['{"legacy":"yes"}', /tokenizer_config\.json: legacy: expected true or false/],
    ['{"bos_token":7}', /tokenizer_config\.json: bos_token: expected a token/],
    ['{"added_tokens_decoder":{"x":{"content":"a"}}}', /added_tokens_decoder\.x/],
    ['{"chat_template":{}}', /tokenizer_config\.json: chat_template/],
    ["[]", /tokenizer_config\.json: expected an object/],
  ];
  for (const [text, pattern] of cases) {
    assertMatch(complaint(() => readTokenizerConfig(config(text))), pattern);
  }
  assertMatch(complaint(() => new LlamaTokenizerFast(fastParts({}))), /tokenizer\.json/);
  const files = { "tokenizer.model": model([unk, pieceField("a", 0, 1)]) };
  const sampling = { enableSampling: true, nbestSize: 1 };
  assertThrows(
    () => new LlamaTokenizer(files, readTokenizerConfig({}, { spModelKwargs: sampling })),
    UsageError,
    "nbestSize",
  );
});
