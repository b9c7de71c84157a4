import { recordRow, type Row } from "./row.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
/** Text on stdin, tokenized by the built-in model. */
const stdin = (what: string, chunks: Row["stdin"], code: number, ...words: string[]): Row => ({
  what: `stdin: ${what}`,
  args: ["tokenize"],
  stdin: chunks,
  code,
  words,
});
const line = (fields: object) => ({
  ...{ custom_id: "a", method: "POST", url: "/v1/chat/completions", body: {} },
  ...fields,
});
const batchRow = (fields: object, ...words: string[]) => recordRow(JSON.stringify(line(fields)), ...words);
/** Lines of OpenAI batch files that cannot be used. */
const BATCH_ROWS: readonly Row[] = [
  batchRow({ custom_id: 5 }, "custom_id: expected text, got 5"),
  batchRow({ method: "GET" }, 'method: expected "POST", got "GET"'),
  batchRow({ url: null }, "url: expected text, got null"),
  batchRow({ body: [] }, "body: expected an object, got a list"),
];
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
    what: "stdin: a text that V8's heap cannot encode",
    args: ["tokenize", "--count"],
    stdin: Array<Uint8Array>(40).fill(new Uint8Array(2 ** 20).fill(0x61)),
    code: 3,
    words: ["stdin: expected at most 33554432 characters, got 41943040"],
  },
  {
    what: "stdin: a prompt of 100 MB",
    args: ["tokenize"],
    stdin: Array<Uint8Array>(100).fill(new Uint8Array(2 ** 20).fill(0x61)),
    code: 3,
    words: ["stdin", "67108864 bytes"],
  },
  {
    what: "stdin: a text far beyond the context",
    args: ["run", "-n", "1"],
    stdin: ["the sun ".repeat(20_000)],
    code: 3,
    words: ["stdin: the prompt has more than 2048 tokens (160000 characters)", "1024"],
  },
  recordRow(`{"prompt": [${Array(65).fill(1)}]}`, "65 tokens", "64"),
  recordRow(`{"prompt": [${Array(64).fill(1)}]}`, "64 tokens", "64", "no room"),
  recordRow("{", "stdin, line 1", "JSON"),
  recordRow("[]", "stdin, line 1", "prompt"),
  recordRow("null", "stdin, line 1", "null"),
  recordRow("{}", "prompt", "nothing"),
  recordRow('{"prompt": 5}', "prompt", "5"),
  recordRow('{"prompt": []}', "at least one token"),
  recordRow('{"prompt": [61]}', "61"),
  recordRow('{"prompt": [-1]}', "prompt[0]", "-1"),
  recordRow('{"prompt": [1.5]}', "prompt[0]", "1.5"),
  recordRow('{"prompt": [1e999]}', "prompt[0]"),
  recordRow('{"prompt": [18446744073709551616]}', "prompt[0]", "18446744073709551616"),
  recordRow('{"prompt": "text"}', "tokenizer"),
  recordRow('{"prompt": [1], "temperature": -1}', "temperature", "-1"),
  recordRow('{"prompt": [1], "temperature": 1e999}', "temperature"),
  recordRow('{"prompt": [1], "temperature": "1"}', "temperature", '"1"'),
  recordRow('{"prompt": [1], "top_k": 1.5}', "top_k", "1.5"),
  recordRow('{"prompt": [1], "forced_bos_token_id": -1}', "forced_bos_token_id", "-1"),
  recordRow('{"prompt": [1], "top_p": 0}', "top_p", "0"),
  recordRow('{"prompt": [1], "top_p": 1.1}', "top_p", "1.1"),
  recordRow('{"prompt": [1], "seed": -1}', "seed", "-1"),
  recordRow('{"prompt": [1], "seed": 18446744073709551616}', "seed", "18446744073709551616"),
  recordRow('{"prompt": [1], "max_new_tokens": -1}', "max_new_tokens", "-1"),
  recordRow('{"prompt": [1], "max_new_tokns": 1}', "max_new_tokns", "max_new_tokens"),
  recordRow('{"prompt": [1], "__proto__": 1}', "__proto__"),
  recordRow('{"prompt": [1], "do_sample": true, "greedy": true}', "contradict"),
  recordRow('{"messages": [], "prompt": "a"}', "prompt and messages contradict"),
  recordRow('{"prompt": [1], "tools": []}', "tools: expected messages beside it, missing"),
  recordRow('{"messages": [], "mesages": 1}', "mesages", 'did you mean "messages"'),
  recordRow('{"messages": [{"role": "user", "content": "a"}]}', "messages need a tokenizer"),
  ...BATCH_ROWS,
];
