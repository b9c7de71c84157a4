import { loadTemplateEngine } from "../../src/tokenizer/chat_template.ts";
import { fromFileUrl } from "@std/path";
import { bytesField, intField, pieceField } from "../../testdata/tokenizer/vocabularies.ts";
import { json } from "../support/bad_tokenizer_json.ts";
import { model, unk } from "../support/bad_tokenizer_models.ts";
import { readTokenizerConfig } from "../../src/tokenizer/config.ts";
import { LlamaTokenizerFast } from "../../src/tokenizer/fast.ts";
import { fastParts } from "../../src/tokenizer/load.ts";
import { readSentencePiece } from "../../src/tokenizer/sentencepiece/sentencepiece_file.ts";
import { LlamaTokenizer } from "../../src/tokenizer/slow.ts";
import { type CallRow, callRow } from "./call_row.ts";

await loadTemplateEngine();

/** A valid model. */
const GOOD = fromFileUrl(new URL("../../testdata/golden/gqa_bf16/", import.meta.url));

const tokenizer = (changes: Record<string, unknown> = {}, options: Record<string, unknown> = {}) =>
  new LlamaTokenizerFast(fastParts({ "tokenizer.json": new TextEncoder().encode(json(changes)) }, options));
const MESSAGES = [{ role: "user", content: "a" }];
const TEMPLATE = { chatTemplate: "{% for m in messages %}{{ m.content }}{% endfor %}" };
const call = (what: string, work: (one: LlamaTokenizerFast) => unknown, code: number, ...words: string[]) =>
  callRow(`tokenizer: ${what}`, () => work(tokenizer()), code, ...words);
/** A template that only adds text around `<s>`, twice one token. */
const AROUND = {
  post_processor: {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
    special_tokens: { "<s>": { id: "<s>", ids: [3], tokens: ["<s>"] } },
  },
};

/** Calls of tokenizers, and files that they are made from. */
export const TOKENIZER_CALL_ROWS: readonly CallRow[] = [
  callRow("tokenizer: of no file", () => fastParts({}), 3, "tokenizer.json", "got none"),
  callRow(
    "tokenizer: slow, of no file",
    () => new LlamaTokenizer({}, readTokenizerConfig({})),
    3,
    "tokenizer.model",
  ),
  callRow(
    "tokenizer.model: many pieces that are nearly too long, which take minutes to cut",
    () =>
      readSentencePiece(
        model([unk, ...Array.from({ length: 16 }, (_, k) => pieceField("a".repeat(7984 + k), 0, 1))]),
        "tokenizer.model",
      ),
    3,
    "tokenizer.model: pieces: expected squares of their lengths",
    "the longest has 7999 characters",
  ),
  callRow(
    "tokenizer: a file for a folder",
    () => LlamaTokenizerFast.fromPretrained(GOOD + "config.json"),
    3,
    "expected a folder",
  ),
  callRow(
    "tokenizer: no folder",
    () => LlamaTokenizerFast.fromPretrained(GOOD + "none"),
    4,
    "none",
    "no such folder",
  ),
  callRow(
    "tokenizer.model: an unk_piece that is not a piece",
    () => {
      const trainer = [...intField(3, 2), ...bytesField(45, new TextEncoder().encode("?"))];
      return fastParts({ "tokenizer.model": model([unk, pieceField("a", 0, 1)], trainer) });
    },
    3,
    "trainer_spec.unk_piece: expected a piece, got ?",
  ),
  callRow(
    "tokenizer: unigram without unk_id meets an unknown letter",
    () => tokenizer({ model: { type: "Unigram", vocab: [["a", 0]] }, added_tokens: [] }).encode("b"),
    3,
    "model.unk_id",
    '"b"',
  ),
  call("an id outside", (one) => one.convertIdsToTokens(99), 3, "expected an id of the vocabulary", "99"),
  call(
    "no tokenizer.model to save",
    (one) => one.saveVocabulary("/dev/null"),
    3,
    "tokenizer.model",
    "to save",
  ),
  call("pairs of other lengths", (one) => one.call(["a", "b"], { textPair: ["a"] }), 2, "textPair", "2", "1"),
  call(
    "the first text is too short to cut",
    (one) => one.call("a", { textPair: "bbbb", truncation: "only_first", maxLength: 2 }),
    2,
    "truncation",
  ),
  callRow(
    "tokenizer: no room for special tokens",
    () => tokenizer(AROUND, { addBosToken: true }).call("ab", { truncation: true, maxLength: 0 }),
    2,
    "maxLength",
    "special tokens",
  ),
  call("padding without a token", (one) => one.call("a", { padding: true }), 2, "padding", "a pad token"),
  ...[NaN, 1.5, 2 ** 31].map((maxLength) =>
    callRow(
      `tokenizer: padding to ${maxLength}`,
      () => tokenizer({}, { padToken: "a" }).call("a", { padding: "max_length", maxLength }),
      2,
      "padding",
      String(maxLength),
    )
  ),
  ...[0, 1, -2, 2.5, 513].map((nbestSize) =>
    callRow(
      `tokenizer: nbestSize ${nbestSize}`,
      () => {
        const files = { "tokenizer.model": model([unk, pieceField("a", 0, 1)]) };
        const spModelKwargs = { enableSampling: true, nbestSize };
        return new LlamaTokenizer(files, readTokenizerConfig(files, { spModelKwargs }));
      },
      2,
      "nbestSize",
      String(nbestSize),
    )
  ),
  callRow(
    "tokenizer: alpha NaN",
    () => {
      const files = { "tokenizer.model": model([unk, pieceField("a", 0, 1)]) };
      const spModelKwargs = { enableSampling: true, alpha: NaN };
      return new LlamaTokenizer(files, readTokenizerConfig(files, { spModelKwargs }));
    },
    2,
    "alpha",
    "NaN",
  ),
  callRow(
    "tokenizer: a pattern that cannot be linear",
    () => {
      const pre_tokenizer = { type: "Split", pattern: { Regex: "a(?=a*c)" }, behavior: "Isolated" };
      return tokenizer({ pre_tokenizer }).encode("a".repeat(20_000) + "c");
    },
    3,
    "pre_tokenizer.pattern.Regex",
    "linear time",
  ),
  call("no template", (one) => one.applyChatTemplate(MESSAGES), 3, "chat_template", "got none"),
  call(
    "a prompt for an answer and an answer to go on with",
    (one) =>
      one.renderChatTemplate(MESSAGES, {
        ...TEMPLATE,
        addGenerationPrompt: true,
        continueFinalMessage: true,
      }),
    2,
    "continueFinalMessage",
  ),
  call(
    "no message to go on with",
    (one) => one.renderChatTemplate([], { ...TEMPLATE, continueFinalMessage: true }),
    3,
    "a last message with text",
  ),
  call(
    "a template that leaves the last message out",
    (one) => one.renderChatTemplate(MESSAGES, { chatTemplate: "x", continueFinalMessage: true }),
    3,
    "the last message in the rendered text",
  ),
  call(
    "text with every noncharacter",
    (one) => {
      const content = String.fromCharCode(...Array.from({ length: 32 }, (_, i) => 0xfdd0 + i));
      return one.applyChatTemplate([{ role: "user", content }], { ...TEMPLATE, parseSpecial: false });
    },
    3,
    "every noncharacter",
  ),
];
