import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { parseRecord, readRecord, readRunRecord, recordId } from "./record.ts";

Deno.test("a record gives its prompt and options, all digits of a seed", () => {
  const text =
    '{"prompt": [1, 2], "id": 7, "seed": 18446744073709551615, "stop": "x", "top_k": null, "greedy": true}';
  assertEquals(readRecord(parseRecord(text)), {
    prompt: [1, 2],
    options: { seed: 18446744073709551615n, stop: ["x"], greedy: true },
  });
  assertEquals(readRecord(parseRecord('{"prompt": "a", "seed": 5}')).options, { seed: 5n });
});

Deno.test("a record may set every field of GenerationConfig", () => {
  const text = '{"prompt": "a", "typical_p": 0.5, "suppress_tokens": [1, 2], "forced_eos_token_id": 3, ' +
    '"sequence_bias": [[[1, 2], -1.5]], "early_stopping": "never", "max_time": null, "bad_words": "x"}';
  assertEquals(readRecord(parseRecord(text)).options, {
    typicalP: 0.5,
    badWords: ["x"],
    generation: {
      suppressTokens: [1, 2],
      forcedEosTokenId: 3,
      sequenceBias: [[[1, 2], -1.5]],
      earlyStopping: "never",
    },
  });
});

const BAD: [string, string][] = [
  ['{"prompt": "a", "suppress_tokens": [-1]}', "suppress_tokens.0: expected an integer from 0"],
  ['{"prompt": "a", "bad_words_ids": [1]}', "bad_words_ids.0: expected lists of token ids, got 1"],
  ['{"prompt": "a", "stop_strings": 5}', "stop_strings: expected a list of strings, got 5"],
  ['{"prompt": "a", "min_lenght": 5}', 'did you mean "min_length"?'],
  ['{"prompt": "a", "typical_p": 0}', "typical_p: expected a number above 0 and at most 1, got 0"],
  ['{"prompt": "a", "guidance_scale": 2}', "unknown field"],
  ["[]", 'expected an object with "prompt", got a list'],
  ['{"id": 1}', "prompt: expected text or a list of token ids, got nothing"],
  ['{"prompt": 5}', "prompt: expected text or a list of token ids, got 5"],
  ['{"prompt": [1, -1]}', "prompt[1]: expected a token id, got -1"],
  ['{"prompt": [1.5]}', "prompt[0]: expected a token id, got 1.5"],
  ['{"prompt": ["a"]}', 'prompt[0]: expected a token id, got "a"'],
  ['{"prompt": "\\ud800"}', "lone surrogate"],
  ['{"prompt": "a", "temprature": 1}', 'did you mean "temperature"?'],
  ['{"prompt": "a", "temperature": 1e999}', "temperature: expected a number of at least 0"],
  ['{"prompt": "a", "temperature": "1"}', 'got "1"'],
  ['{"prompt": "a", "top_k": 1.5}', "top_k: expected an integer"],
  ['{"prompt": "a", "max_new_tokens": 0}', "max_new_tokens: expected an integer from 1"],
  ['{"prompt": "a", "seed": 18446744073709551616}', "seed: expected"],
  ['{"prompt": "a", "seed": 1.5}', "seed: expected"],
  ['{"prompt": "a", "greedy": 1}', "greedy: expected true or false"],
  ['{"prompt": "a", "stop": ["x", 1]}', "stop: expected text"],
  ['{"prompt": "a", "greedy": true, "do_sample": true}', "contradict"],
  ['{"prompt": "a", "model": "x"}', "unknown field"],
];
for (const [text, message] of BAD) {
  Deno.test(`bad record: ${text}`, () => {
    const error = assertThrows(() => readRecord(parseRecord(text)), DataError);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("invalid JSON is reported; endless nesting does not crash", () => {
  assertThrows(() => parseRecord("{"), DataError, "expected JSON");
  assertThrows(() => readRecord(parseRecord("[".repeat(100_000) + "]".repeat(100_000))), DataError);
});

Deno.test("a record of `run` may have messages, or be a line of a batch file", () => {
  const messages = [{ role: "user", content: "Hi" }];
  const { chat, options } = readRunRecord({ id: 1, messages, tools: null, prompt: null, seed: 5 });
  assertEquals([chat, options], [{ messages }, { seed: 5n }] as unknown);
  assertEquals(readRunRecord({ prompt: "a", messages: null }).chat, undefined);
  const body = { messages };
  const line = { custom_id: "a", method: "POST", url: "/v1/chat/completions", body };
  assertEquals(readRunRecord(line).batch, { url: line.url, body });
  assertEquals([recordId(line), recordId({ url: "x", body: 1 })], ["a", null]);
  assertThrows(() => readRecord({ messages }), DataError, 'unknown field "messages"');
});

const BAD_CHATS: [unknown, string][] = [
  [{ prompt: "a", messages: [] }, "prompt and messages contradict each other"],
  [{ prompt: "a", tools: [] }, "tools: expected messages beside it, missing"],
  [{ messages: [], mesages: [] }, 'did you mean "messages"?'],
  [{ messages: [], temperature: -1 }, "temperature: expected"],
  [{ custom_id: 1, method: "POST", url: "/", body: {} }, "custom_id: expected text, got 1"],
  [{ url: "/", body: {} }, "custom_id: expected text, got nothing"],
  [{ custom_id: "a", method: "GET", url: "/", body: {} }, 'method: expected "POST", got "GET"'],
  [{ custom_id: "a", method: "POST", url: 1, body: {} }, "url: expected text, got 1"],
  [{ custom_id: "a", method: "POST", url: "/", body: [] }, "body: expected an object, got a list"],
  [null, 'expected an object with "prompt", got null'],
];
for (const [record, message] of BAD_CHATS) {
  Deno.test(`bad record of run: ${JSON.stringify(record)}`, () => {
    const error = assertThrows(() => readRunRecord(record), DataError);
    assertStringIncludes(error.message, message);
  });
}

Deno.test("the id survives whatever else is wrong", () => {
  assertEquals(recordId({ id: "a", prompt: 5 }), "a");
  assertEquals(recordId({}), null);
  assertEquals(recordId([1]), null);
});
