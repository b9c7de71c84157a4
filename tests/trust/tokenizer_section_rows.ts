import { json } from "../support/bad_tokenizer_json.ts";
import { type Row, TOKENIZE, tokenizerJsonRow } from "./row.ts";
import { CLASS_ROWS } from "./tokenizer_class_rows.ts";

type Json = Record<string, unknown>;

/** A tokenizer.json that is refused for one member; the path names it. */
const bad = (path: string, changes: Json, model: Json, ...words: string[]): Row =>
  tokenizerJsonRow(
    `${path} ${JSON.stringify([changes, model]).slice(0, 100)}`,
    json(changes, model),
    path,
    ...words,
  );
/** A member of the model with a value of another kind. */
const model = (member: string, value: unknown, more: Json = {}) =>
  bad(`model.${member}: `, {}, { ...more, [member]: value });
const unigram = (vocab: unknown, more: Json = {}) =>
  bad("model.", { model: { type: "Unigram", vocab, ...more } }, {});
/** A section whose only fault is this member. */
const section = (name: string, good: Json, member: string, value: unknown, path = `${name}.${member}`) =>
  bad(path, { [name]: { ...good, [member]: value } }, {}, ...expectedFor(member, value));
/** The expected message if a later check would name the same member. */
function expectedFor(member: string, value: unknown): string[] {
  if (member === "type") return ["expected a string"];
  if (member === "pattern" && value === "x") return ["expected an object"];
  return [];
}

const normalizer = (good: Json, member: string, value: unknown, path?: string) =>
  section("normalizer", good, member, value, path);
const preTokenizer = (good: Json, member: string, value: unknown, path?: string) =>
  section("pre_tokenizer", good, member, value, path);
const decoder = (good: Json, member: string, value: unknown, path?: string) =>
  section("decoder", good, member, value, path);
const postProcessor = (good: Json, member: string, value: unknown, path?: string) =>
  section("post_processor", good, member, value, path);

const pattern = { String: " " };
const A = { Sequence: { id: "A", type_id: 0 } };
const special = (id: unknown, type_id: unknown = 0) => ({ SpecialToken: { id, type_id } });
const template = {
  type: "TemplateProcessing",
  single: [A],
  pair: [A],
  special_tokens: { "<s>": { id: "<s>", ids: [3], tokens: ["<s>"] } },
};
const roberta = { type: "RobertaProcessing", cls: ["<s>", 3], sep: ["<s>", 3] };
const added = { id: 4, content: "x" };
const charsmap = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));

/** One invalid value for each possible member of tokenizer.json. */
const SECTIONS: readonly Row[] = [
  bad("model: expected an object", { model: "BPE" }, {}),
  bad("wordpieces", { wordpieces: {} }, {}),
  bad("version", { version: "2.0" }, {}),
  bad("version", { version: 1 }, {}),
  bad("added_tokens", { added_tokens: {} }, {}),
  bad("added_tokens[0]", { added_tokens: ["<s>"] }, {}),
  ...["special", "lstrip", "rstrip", "single_word", "normalized"].map((name) =>
    bad(`added_tokens[0].${name}`, { added_tokens: [{ ...added, [name]: "no" }] }, {})
  ),

  bad("model.type: expected a string", {}, { type: 5 }),
  bad("model.type: expected a string", { model: { vocab: {} } }, {}),
  model("continuing_subword_prefix", 5),
  model("end_of_word_suffix", 5),
  model("unk_token", 5),
  model("dropout", "0.5"),
  model("dropout", -0.5),
  model("fuse_unk", 1),
  model("byte_fallback", 1),
  model("ignore_merges", 1),
  model("vocab", []),
  bad("model.merges[0]", {}, { merges: [[1, "b"]] }, "two parts"),
  bad("model.merges[0]", {}, { merges: [["a", 1]] }, "two parts"),
  bad("model.merges[0]", {}, { merges: ["x b"] }, '"x"'),
  bad("model.merges[0]", {}, { merges: [["x", "b"]], vocab: { a: 0, b: 1, xb: 2 } }, '"x"'),
  unigram({}),
  unigram([["a"]]),
  unigram([[1, 0]]),
  unigram([["a", 0]], { byte_fallback: 1 }),
  unigram([["a", 0]], { unk_id: "0" }),
  unigram([["a", 0], ["b", 0]], { unk_id: 0.5 }),
  bad("continuing_subword_prefix", {}, { continuing_subword_prefix: 5, merges: [["a", "b"], "a b"] }),

  bad("truncation: expected an object", { truncation: 5 }, {}),
  section("truncation", {}, "direction", "Up"),
  section("truncation", { max_length: 9 }, "strategy", "None"),
  section("truncation", {}, "max_length", -1),
  section("truncation", { max_length: 9 }, "stride", -1),
  section("padding", {}, "direction", 5),
  section("padding", {}, "pad_token", 5),
  section("padding", { pad_token: "<s>" }, "pad_id", -1),

  normalizer({}, "type", 5),
  normalizer({ type: "Sequence" }, "normalizers", {}),
  normalizer({ type: "Prepend" }, "prepend", 5),
  normalizer({ type: "Replace", content: "" }, "pattern", "x"),
  normalizer({ type: "Replace", content: "" }, "pattern", { String: 5 }, "normalizer.pattern.String"),
  normalizer({ type: "Replace", content: "" }, "pattern", { String: "" }, "normalizer.pattern.String"),
  normalizer({ type: "Replace", content: "" }, "pattern", { Regex: 5 }, "normalizer.pattern.Regex"),
  normalizer(
    { type: "Replace", content: "" },
    "pattern",
    {},
    "normalizer.pattern.Regex: expected a pattern with String or Regex",
  ),
  normalizer({ type: "Replace", pattern }, "content", 5),
  normalizer({ type: "Strip" }, "strip_left", 1),
  normalizer({ type: "Strip" }, "strip_right", 1),
  ...["clean_text", "handle_chinese_chars", "strip_accents", "lowercase"].map((name) =>
    normalizer({ type: "BertNormalizer" }, name, 1)
  ),
  normalizer({ type: "Precompiled" }, "precompiled_charsmap", 5),
  normalizer({ type: "Precompiled" }, "precompiled_charsmap", charsmap(1, 2, 3)),
  normalizer({ type: "Precompiled" }, "precompiled_charsmap", charsmap(16, 0, 0, 0, 1, 2, 3, 4)),
  normalizer({ type: "Precompiled" }, "precompiled_charsmap", charsmap(3, 0, 0, 0, 1, 2, 3, 4)),
  normalizer({ type: "Precompiled" }, "precompiled_charsmap", charsmap(0, 0, 0, 0, 1, 2, 3, 4)),

  preTokenizer({}, "type", 5),
  preTokenizer({ type: "Sequence" }, "pretokenizers", {}),
  preTokenizer({ type: "Split", behavior: "Isolated" }, "pattern", "x"),
  preTokenizer({ type: "Split", pattern }, "behavior", "Kept"),
  preTokenizer({ type: "Split", pattern, behavior: "Isolated" }, "invert", 1),
  preTokenizer({ type: "ByteLevel" }, "add_prefix_space", 1),
  preTokenizer({ type: "ByteLevel" }, "use_regex", 1),
  preTokenizer({ type: "Digits" }, "individual_digits", 1),
  preTokenizer({ type: "Punctuation" }, "behavior", "Kept"),
  preTokenizer({ type: "CharDelimiterSplit" }, "delimiter", 5),
  preTokenizer({ type: "FixedLength" }, "length", 0),
  preTokenizer({ type: "FixedLength" }, "length", "5"),
  preTokenizer({ type: "Metaspace" }, "replacement", 5),
  preTokenizer({ type: "Metaspace" }, "replacement", "ab"),
  preTokenizer({ type: "Metaspace" }, "add_prefix_space", 1),
  preTokenizer({ type: "Metaspace" }, "prepend_scheme", "last"),
  preTokenizer({ type: "Metaspace" }, "split", 1),

  decoder({}, "type", 5),
  decoder({ type: "Sequence" }, "decoders", {}),
  decoder({ type: "Replace", content: "" }, "pattern", "x"),
  decoder({ type: "Replace", pattern }, "content", 5),
  decoder({ type: "Metaspace" }, "replacement", 5),
  decoder({ type: "Metaspace" }, "add_prefix_space", 1),
  decoder({ type: "Metaspace" }, "prepend_scheme", "last"),
  decoder({ type: "BPEDecoder" }, "suffix", 5),
  decoder({ type: "Strip" }, "content", 5),
  decoder({ type: "Strip", content: " " }, "start", -1),
  decoder({ type: "Strip", content: " " }, "stop", 2e6),

  postProcessor({}, "type", 5),
  postProcessor({ type: "Sequence" }, "processors", {}),
  postProcessor({ type: "ByteLevel" }, "add_prefix_space", 1),
  postProcessor({ type: "ByteLevel" }, "trim_offsets", 1),
  postProcessor(roberta, "cls", "<s>"),
  postProcessor(roberta, "cls", ["<s>", 3, 4]),
  postProcessor(roberta, "cls", ["<s>", "3"]),
  postProcessor(roberta, "sep", ["<s>", 1.5]),
  postProcessor(roberta, "sep", ["<s>", -1]),
  postProcessor(template, "special_tokens", []),
  postProcessor(template, "single", {}),
  postProcessor(template, "single", [{ Sequence: "A" }], "single[0].Sequence: expected an object"),
  postProcessor(template, "single", [{ Sequence: { id: "C", type_id: 0 } }], "single[0].Sequence.id"),
  postProcessor(template, "single", [{ Sequence: { id: "A", type_id: -1 } }], "single[0].Sequence.type_id"),
  postProcessor(template, "single", [{ SpecialToken: "<s>" }], "single[0].SpecialToken: expected an object"),
  postProcessor(template, "single", [special(5)], "single[0].SpecialToken.id: expected a string"),
  postProcessor(
    { ...template, special_tokens: null },
    "single",
    [special("<s>")],
    "single[0].SpecialToken.id",
  ),
  postProcessor(template, "single", [special("<s>", -1)], "single[0].SpecialToken.type_id"),
  postProcessor(template, "single", [{ Sequence: { id: "B", type_id: 0 } }], "post_processor.single"),
  ...[5, { ids: 5 }, { ids: ["3"] }, { ids: [1.5] }, { ids: [-1] }].map((token) =>
    postProcessor(
      { ...template, special_tokens: { "<s>": token } },
      "single",
      [special("<s>")],
      token === 5 ? "<s>: expected an object" : "<s>.ids",
    )
  ),
];

/** Patterns that are refused, with the position where parsing stops. */
const PATTERNS: readonly [string, string][] = [
  ["a)b", "offset 1: expected an expression that ends"],
  ["(".repeat(101), "at most 100 deep"],
  ["a{,}", "a repeat with a number"],
  ["a{3,2}", "a repeat of at most"],
  ["a{1001,}", "a repeat of at most"],
  ["a{0,1001}", "a repeat of at most"],
  ["*a", "something to repeat"],
  ["(a)\\1", "no back-reference"],
  ["(?x:a)", "no extended syntax"],
  ["(?Pa)", "a known kind of group"],
  ["\\p{Nope}", "a known Unicode property"],
  ["\\", "a character after the backslash"],
  ["\\q", "a known escape"],
  ["[".repeat(101), "classes nested at most 100 deep"],
  ["[a", "a closing bracket"],
  ["[[:nope:]]", "a known POSIX class"],
  ["[z-a]", "a range in order"],
  ["(?:a{1000}){21}", "at most 20000 steps"],
  ["(?<=a+)b", "look-behind of bounded length"],
];

/** Texts of whole files that are refused. */
const TEXTS: readonly [string, string | Uint8Array, string][] = [
  ["not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), "UTF-8"],
  ["a lone surrogate", json({ normalizer: { type: "Prepend", prepend: "\ud800" } }), "lone surrogate"],
  ["a number beyond doubles", json().replace('"a":0', '"a":1e999'), "a: expected a finite number, got 1e999"],
];

/** A member of tokenizer_config.json, or of the files next to it, that is refused. */
const beside = (file: string, content: unknown, ...words: string[]): Row => ({
  what: `${file}: ${JSON.stringify(content)}`.slice(0, 120),
  files: { "tokenizer.json": json(), [file]: JSON.stringify(content) },
  args: TOKENIZE,
  code: 3,
  words: [file, ...words],
});
const config = (name: string, value: unknown, path = name) =>
  beside("tokenizer_config.json", { [name]: value }, path);

const CONFIGS: readonly Row[] = [
  beside("tokenizer_config.json", [], "an object"),
  config("tokenizer_class", 5),
  config("add_bos_token", 1),
  config("model_max_length", "1"),
  config("padding_side", "up"),
  config("truncation_side", "up"),
  config("sp_model_kwargs", 5),
  config("sp_model_kwargs", { enable_sampling: 1 }, "sp_model_kwargs.enable_sampling"),
  config("sp_model_kwargs", { nbest_size: 513 }, "sp_model_kwargs.nbest_size"),
  config("sp_model_kwargs", { alpha: "1" }, "sp_model_kwargs.alpha"),
  config("sp_model_kwargs", { seed: -1 }, "sp_model_kwargs.seed"),
  config("added_tokens_decoder", []),
  config("added_tokens_decoder", { x: { content: "x" } }, "an id from 0"),
  config("added_tokens_decoder", { 99999999: { content: "x" } }, "an id from 0"),
  config("added_tokens_decoder", { 4: "x" }, "added_tokens_decoder.4: expected an object"),
  config("bos_token", 5, "bos_token: expected a token"),
  config("bos_token", [], "bos_token: expected an object"),
  config("additional_special_tokens", "x"),
  config("additional_special_tokens", [5], "additional_special_tokens[0]: expected an object"),
  config("extra_special_tokens", "x"),
  config("chat_template", 5, "chat_template: expected a template or a list"),
  config("chat_template", ["x"], "chat_template[0]: expected an object"),
  config("chat_template", [{ template: "x" }], "chat_template[0].name"),
  config("chat_template", [{ name: "x" }], "chat_template[0].template"),
  beside("special_tokens_map.json", [], "an object"),
  beside("added_tokens.json", [], "an object"),
  beside("added_tokens.json", { x: -1 }, "x"),
  {
    ...beside("tokenizer_config.json", {
      tokenizer_class: "LlamaTokenizerFast",
      bos_token: null,
      add_bos_token: true,
    }),
    words: ["tokenizer_config.json", "bos_token"],
  },
  {
    ...beside("tokenizer_config.json", {
      tokenizer_class: "LlamaTokenizerFast",
      eos_token: null,
      add_eos_token: true,
    }),
    words: ["tokenizer_config.json", "eos_token"],
  },
];

/** Tokenizer files next to the weights, each with one fault. */
export const TOKENIZER_SECTION_ROWS: readonly Row[] = [
  ...SECTIONS,
  ...PATTERNS.map(([Regex, word]) =>
    bad(word, { pre_tokenizer: { type: "Split", pattern: { Regex }, behavior: "Isolated" } }, {})
  ),
  ...TEXTS.map((row) => tokenizerJsonRow(...row)),
  ...CONFIGS,
  ...CLASS_ROWS,
];
