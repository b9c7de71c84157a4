import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { DataError, EnvironmentError } from "../base/errors.ts";
import { BAD_TOKENIZER_JSON, json } from "../../tests/support/bad_tokenizer_json.ts";
import { readTokenizerConfig } from "./config.ts";
import type { TokenizerFiles } from "./config_types.ts";
import { LlamaTokenizerFast } from "./fast.ts";
import { fastParts } from "./load.ts";
import { loadTokenizer } from "./mod.ts";
import { LlamaTokenizer } from "./slow.ts";
import { readTokenizerJson } from "./tokenizer_json/tokenizer_json.ts";

const encoder = new TextEncoder();

const read = (text: string) => readTokenizerJson(encoder.encode(text), "tokenizer.json");

/** The one-line message for an invalid input. */
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

for (const [name, text, pattern] of BAD_TOKENIZER_JSON) {
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
});
