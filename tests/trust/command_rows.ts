import { fromFileUrl } from "@std/path";
import { recordRow, type Row } from "./row.ts";

const row = (args: string[], code: number, ...words: string[]): Row => ({
  what: `llama ${args.join(" ")}`,
  args,
  code,
  words,
});
const piped = (args: string[], stdin: Row["stdin"], code: number, ...words: string[]): Row => ({
  ...row(args, code, ...words),
  what: `llama ${args.join(" ")} < ${String(stdin).slice(0, 60)}`,
  stdin,
});
/** A line that is too long to keep in memory. */
const HUGE = Array<Uint8Array>(70).fill(new Uint8Array(2 ** 20).fill(0x31));

/** Invalid ids, through `detokenize`. */
const DETOKENIZE: readonly Row[] = [
  row(["detokenize", "99999999"], 3, "arguments", "id 0", "below the vocabulary's", "99999999"),
  row(["detokenize", "--lines", "1"], 2, "--lines", "drop the arguments"),
  row(["detokenize", "-f", "FOLDER/ids", "1"], 2, "-f", "drop the arguments"),
  row(["detokenize"], 2, "no ids"),
  piped(["detokenize", "--lines"], [], 2, "stdin is empty"),
  {
    ...piped(["detokenize", "--lines"], HUGE, 3, "stdin, line 1", "too long"),
    what: "detokenize: a line of 70 MB",
  },
  row(["detokenize", "[1,"], 3, "arguments", "JSON"),
  row(["detokenize", '{"a": 1}'], 3, "arguments", "a list of token ids"),
  row(["detokenize", "[1, -1]"], 3, "arguments", "ids[1]", "-1"),
  row(["detokenize", "1", "x"], 3, "arguments", "id 1", '"x"'),
];

/** Prompts that are given twice, not given, or missing. */
const INPUT: readonly Row[] = [
  row(["tokenize", "--lines", "x"], 2, "--lines", "stdin or -f", '"x"'),
  row(["tokenize"], 2, "no prompt"),
  piped(["tokenize", "--lines"], [], 2, "stdin is empty", "one prompt a line"),
  row(["tokenize", "-p", "a", "b"], 2, "-p", '"b"'),
  row(["tokenize", "-f", "FOLDER/none"], 4, "/none", "cannot read", "no such file"),
  row(["tokenize", "-f", "FOLDER"], 4, "expected text, got a directory"),
  row(["run", "-Z", "x"], 2, "unknown option", "-Z"),
  row(["run", "--do-sample", "--temperature", "0", "x"], 2, "--do-sample", "--temperature 0"),
  row(["run", "--prompt-cache", "FOLDER/cache", "--lines"], 2, "--prompt-cache", "--lines"),
];

/** Names of models that do not exist. */
const MODELS: readonly Row[] = [
  row(["inspect", "FOLDER/none"], 4, "none", "no such folder or file"),
  row(["inspect", "FOLDER/config.json"], 3, "config.json", "expected a folder or a .safetensors file"),
  row(["inspect", "https://hub.example/owner/name"], 4, "hub.example", "got a URL"),
  {
    what: "an adapter",
    files: { "config.json": null, "adapter_config.json": "{}" },
    code: 3,
    words: ["adapter_config.json", "not a whole model"],
  },
  {
    what: "tokenizer.json is a folder",
    prepare: (folder) => Deno.mkdir(`${folder}/tokenizer.json`),
    args: ["tokenize", "-m", "FOLDER", "x"],
    code: 3,
    words: ["tokenizer.json", "expected a file, got a folder"],
  },
];

const QUESTIONS = fromFileUrl(new URL("../../testdata/tasks/question_default", import.meta.url));
const question = (text: string, ...words: string[]): Row => ({
  what: `question: ${text}`,
  args: ["run", "-m", QUESTIONS, "--task", "question-answering", "--jsonl"],
  stdin: [text + "\n"],
  code: 3,
  words: ["stdin, line 1", ...words],
  inRecord: true,
});

const RECORDS: readonly Row[] = [
  recordRow('{"prompt": [1], "do_sample": true, "temperature": 0}', "do_sample", "temperature 0"),
  recordRow('{"prompt": "\\ud800"}', "prompt", "lone surrogate"),
  question("5", "question", "context", "got 5"),
  question('{"question": 5, "context": "x"}', "question", "got 5"),
  question('{"question": "", "context": "x"}', "question", "an empty one"),
  question('{"question": "x", "context": "\\ud800"}', "context", "lone surrogate"),
];

/**
 * Fields of generation that are refused in generation_config.json and, if they have no option, in records.
 */
const GENERATION: readonly [string, unknown, ...string[]][] = [
  ["top_k", 1.5, "1.5"],
  ["temperature", -1, "-1"],
  ["do_sample", 1, "true or false"],
  ["suppress_tokens", [1, -1], "suppress_tokens.1", "-1"],
  ["eos_token_id", [1, 3e9], "eos_token_id.1", "3000000000"],
  ["eos_token_id", "2", '"2"'],
  ["early_stopping", 5, "true or false"],
  ["stop_strings", [5], "a list of strings"],
  ["cache_implementation", 5, "a string"],
  ["exponential_decay_length_penalty", [1], "2 numbers"],
  ["exponential_decay_length_penalty", [1.5, 2], "a whole number of tokens"],
  ["bad_words_ids", 5, "lists of token ids"],
  ["bad_words_ids", [[1], []], "bad_words_ids.1"],
  ["sequence_bias", 5, "a list of [ids, bias]"],
  ["sequence_bias", [[[1], 2], [[], 2]], "sequence_bias.1"],
];

/** Invalid command lines, records and configs of rarely used features. */
export const COMMAND_ROWS: readonly Row[] = [
  ...DETOKENIZE,
  ...INPUT,
  ...MODELS,
  ...RECORDS,
  ...GENERATION.map(([field, value, ...words]): Row => ({
    what: `generation_config.json: ${field} ${JSON.stringify(value)}`,
    files: { "generation_config.json": JSON.stringify({ [field]: value }) },
    code: 3,
    words: ["generation_config.json", field, ...words],
  })),
  {
    what: "generation_config.json: a list",
    files: { "generation_config.json": "[]" },
    code: 3,
    words: ["generation_config.json", "expected an object"],
  },
];
