import { pieceField } from "../../testdata/tokenizer/vocabularies.ts";
import { json } from "../support/bad_tokenizer_json.ts";
import { bytePieces, fallback, model, unk } from "../support/bad_tokenizer_models.ts";
import { type Row, TOKENIZE } from "./row.ts";

type Json = Record<string, unknown>;

/** A small tokenizer.model. */
const small = model([unk, ...bytePieces, pieceField("a", 0, 1)], fallback);
const JSON_ALONE = { "tokenizer.json": json() };
const MODEL_ALONE = { "tokenizer.model": small };

/** Files that determine the class of a tokenizer, and a text to encode. */
function row(what: string, files: Row["files"], config: Json, words: string[], text?: string): Row {
  return {
    what: `tokenizer class: ${what}`,
    files: { ...files, "tokenizer_config.json": JSON.stringify(config) },
    args: text === undefined ? TOKENIZE : [...TOKENIZE.slice(0, -1), "--parse-special", text],
    code: 3,
    words,
  };
}

const codeLlama = (what: string, more: Json, words: string[], text?: string): Row =>
  row(what, JSON_ALONE, { tokenizer_class: "CodeLlamaTokenizer", ...more }, words, text);
const modelConfig = (content: string, ...words: string[]): Row =>
  row(`config.json ${content}`, { ...JSON_ALONE, "config.json": content }, {}, ["config.json", ...words]);

const NO_MODEL = "tokenizer.model: expected one to make it anew of, got none";
const NO_JSON = "tokenizer.json: expected a file, got none";
const MARK = '__type: expected "AddedToken", got nothing';

/** Folders whose files are valid, but not for the class that they name. */
export const CLASS_ROWS: readonly Row[] = [
  ...["LLaMATokenizer", "TokenizersBackend", "T5Tokenizer", ""].map((name) =>
    row(`"${name}"`, MODEL_ALONE, { tokenizer_class: name }, [
      "tokenizer_config.json: tokenizer_class: expected LlamaTokenizer, ",
      `got "${name}"`,
    ])
  ),
  modelConfig("[]", "expected an object"),
  modelConfig("{", "expected a key"),
  modelConfig('{"tokenizer_class": 5}', "tokenizer_class: expected a string"),
  modelConfig('{"tokenizer_class": "NoTokenizer"}', "tokenizer_class: expected LlamaTokenizer, "),
  row("a tokenizer.json elsewhere", JSON_ALONE, { tokenizer_file: "/x" }, [
    "tokenizer_file: expected no other",
  ]),
  row("a tokenizer.json that is said to be none", JSON_ALONE, { tokenizer_file: null }, [NO_MODEL]),
  row("add_prefix_space without tokenizer.model", JSON_ALONE, { add_prefix_space: true }, [NO_MODEL]),
  row("a tokenizer.model that is said to be none", MODEL_ALONE, { vocab_file: null }, [NO_JSON]),
  row("PreTrainedTokenizerFast of tokenizer.model", MODEL_ALONE, {
    tokenizer_class: "PreTrainedTokenizerFast",
  }, [
    "tokenizer.json: expected a file, as PreTrainedTokenizer reads no other",
  ]),
  row("Gemma without padding", MODEL_ALONE, { tokenizer_class: "GemmaTokenizer", pad_token: null }, [
    "pad_token: expected a token of Gemma, got null",
  ]),
  row("a token without its mark", JSON_ALONE, { bos_token: { content: "<s>" } }, [`bos_token.${MARK}`]),
  row("a further token without its mark", JSON_ALONE, { additional_special_tokens: [{ content: "x" }] }, [
    `additional_special_tokens[0].${MARK}`,
  ]),
  codeLlama("a hole of no text", { fill_token: "" }, ["fill_token: expected a text"]),
  codeLlama("a hole of a number", { fill_token: 5 }, ["fill_token: expected a string"]),
  codeLlama("a prefix of a number", { prefix_token: 5 }, ["prefix_token: expected a string"]),
  codeLlama("two holes", {}, ['text: expected one "<FILL_ME>", got 2'], "a<FILL_ME>b<FILL_ME>"),
  codeLlama(
    "a hole without a middle",
    { middle_token: null },
    ["middle_token: expected a token"],
    "a<FILL_ME>b",
  ),
];
