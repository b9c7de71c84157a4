import { type Row, RUN } from "./row.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
/** Text on stdin, tokenized by the built-in model. */
const stdin = (what: string, chunks: Row["stdin"], code: number, ...words: string[]): Row => ({
  what: `stdin: ${what}`,
  args: ["tokenize"],
  stdin: chunks,
  code,
  words,
});
/** One record, run by the good model. */
const record = (text: string, ...words: string[]): Row => ({
  what: `record: ${text.slice(0, 60)}`,
  args: RUN,
  stdin: [text + "\n"],
  code: 3,
  words,
  inRecord: true,
});

/** Prompts that cannot be used. */
export const PROMPT_ROWS: readonly Row[] = [
  stdin("empty", [], 2, "stdin is empty"),
  stdin("one line break", ["\n"], 2, "stdin is empty"),
  stdin("not UTF-8", ["ab", bytes(0x63, 0xff)], 3, "byte 3"),
  stdin("an encoded surrogate", ["a", bytes(0xed, 0xa0, 0x80)], 3, "byte 1"),
  stdin("an overlong slash", [bytes(0xc0, 0xaf)], 3, "byte 0"),
  stdin("a character cut off at the end", [bytes(0x61, 0xe2, 0x82)], 3, "byte 1"),
  stdin("a directory", "directory", 4, "directory"),
  {
    what: "stdin: a line of 100 MB",
    args: ["tokenize", "--lines"],
    stdin: Array<Uint8Array>(100).fill(new Uint8Array(2 ** 20).fill(0x61)),
    code: 3,
    words: ["stdin, line 1", "67108864 bytes"],
  },
  {
    what: "stdin: a prompt of 100 MB",
    args: ["tokenize"],
    stdin: Array<Uint8Array>(100).fill(new Uint8Array(2 ** 20).fill(0x61)),
    code: 3,
    words: ["stdin", "67108864 bytes"],
  },
  record(`{"prompt": [${Array(65).fill(1)}]}`, "65 tokens", "64"),
  record(`{"prompt": [${Array(64).fill(1)}]}`, "64 tokens", "64", "no room"),
  record("{", "stdin, line 1", "JSON"),
  record("[]", "stdin, line 1", "prompt"),
  record("null", "stdin, line 1", "null"),
  record("{}", "prompt", "nothing"),
  record('{"prompt": 5}', "prompt", "5"),
  record('{"prompt": []}', "at least one token"),
  record('{"prompt": [61]}', "61"),
  record('{"prompt": [-1]}', "prompt[0]", "-1"),
  record('{"prompt": [1.5]}', "prompt[0]", "1.5"),
  record('{"prompt": [1e999]}', "prompt[0]"),
  record('{"prompt": [18446744073709551616]}', "prompt[0]", "18446744073709551616"),
  record('{"prompt": "text"}', "tokenizer"),
  record('{"prompt": [1], "temperature": -1}', "temperature", "-1"),
  record('{"prompt": [1], "temperature": 1e999}', "temperature"),
  record('{"prompt": [1], "temperature": "1"}', "temperature", '"1"'),
  record('{"prompt": [1], "top_k": 1.5}', "top_k", "1.5"),
  record('{"prompt": [1], "top_p": 0}', "top_p", "0"),
  record('{"prompt": [1], "top_p": 1.1}', "top_p", "1.1"),
  record('{"prompt": [1], "seed": -1}', "seed", "-1"),
  record('{"prompt": [1], "seed": 18446744073709551616}', "seed", "18446744073709551616"),
  record('{"prompt": [1], "max_new_tokens": -1}', "max_new_tokens", "-1"),
  record('{"prompt": [1], "max_new_tokns": 1}', "max_new_tokns", "max_new_tokens"),
  record('{"prompt": [1], "__proto__": 1}', "__proto__"),
  record('{"prompt": [1], "do_sample": true, "greedy": true}', "contradict"),
];
