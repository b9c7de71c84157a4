/** Invalid tokenizer.json files, shared by the tests of the reader and of the command. */

/** A small valid tokenizer.json; parts can be replaced. */
export function json(changes: Record<string, unknown> = {}, model: Record<string, unknown> = {}): string {
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

/** The fault, the text, the expected message. */
export const BAD_TOKENIZER_JSON: [string, string, RegExp][] = [
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
  ["a key twice", json().replace('"a":0', '"a":0,"a":3'), /model\.vocab\.a: the key appears twice/],
  [
    "a section twice",
    json().replace('"version"', '"normalizer":null,"version"'),
    /tokenizer\.json: normalizer: the key appears twice/,
  ],
  [
    "an added token on a taken id",
    json({ added_tokens: [{ id: 1, content: "x" }] }),
    /added_tokens\[0\]\.id: .*"b" has it/,
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
  ["a section nobody knows", json({ normaliser: null }), /expected sections like .* got "normaliser"/],
  ["a version to come", json({ version: "2.0" }), /version: expected one of 1\.0, got "2\.0"/],
  ["a lone surrogate", json().replace('"a":0', '"a":0,"\\ud800":3'), /a lone surrogate/],
  [
    "a number beyond doubles",
    json().replace('"version"', '"truncation":1e999,"version"'),
    /truncation: expected a finite number, got 1e999/,
  ],
  [
    "truncated",
    json().slice(0, -9),
    /tokenizer\.json: model\.merges: expected a JSON value, got the end of the text/,
  ],
  ["empty", "", /tokenizer\.json: expected a JSON value, got the end of the text/],
  ["an array", "[]", /tokenizer\.json: expected an object/],
  ["a byte-order mark", "\ufeff" + json(), /byte order mark/],
  ["100,000-deep nesting", "[".repeat(100_000), /nested deeper than 128 levels/],
];
