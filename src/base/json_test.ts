import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DataError } from "./errors.ts";
import { parseJson } from "./json.ts";
import { quickJson } from "./json_quick.ts";
import { JsonReader } from "./json_reader.ts";

Deno.test("parseJson reads what JSON.parse reads", () => {
  const texts = [
    '{"a":[1,-2,3.5e-3,true,false,null,"x\\n\\u00e9\\ud83d\\ude00é"],"b":{"c":{}},"d":[]}',
    " [ ] \n",
    "0",
    '"\\"\\\\\\/\\b\\f\\r\\t"',
    "9007199254740991",
  ];
  for (const text of texts) assertEquals(parseJson(text, "f"), JSON.parse(text));
});

Deno.test("parseJson keeps integers beyond 2^53 exactly and __proto__ as a plain key", () => {
  assertEquals(parseJson("18446744073709551615", "f"), 18446744073709551615n);
  const value = parseJson('{"__proto__": 1, "constructor": 2}', "f") as Record<string, unknown>;
  assertEquals(Object.keys(value), ["__proto__", "constructor"]);
});

Deno.test("parseJson refuses, naming file and field", () => {
  const rows: [string | Uint8Array, string][] = [
    ["", "end of the text"],
    ["{", "expected a key"],
    ['{"a":1', 'expected "}"'],
    ['{"a":1}x', "expected the end"],
    ["{}\0\0", "expected the end"],
    ["\ufeff{}", "byte order mark"],
    [new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), "byte order mark"],
    [new Uint8Array([0x22, 0xff, 0x22]), "UTF-8"],
    ['{"a":{"b":1,"b":2}}', "a.b: the key appears twice"],
    ['{"a":1,"\\u0061":2}', "a: the key appears twice"],
    ['{"__proto__":1,"__proto__":2}', "appears twice"],
    ['{"eps": 1e999}', "eps: expected a finite number, got 1e999"],
    ['{"eps": NaN}', "eps: expected a finite number, got NaN"],
    ['{"eps": [1, -Infinity]}', "eps.1: expected a finite number, got -Infinity"],
    ['"\\ud800"', "lone surrogate"],
    ['"\\udc00\\ud800"', "lone surrogate"],
    ['"\ud800"', "lone surrogate"],
    ['"\\u12g4"', "hexadecimal"],
    ['"\\x41"', "escape"],
    ['"a\nb"', "control character"],
    ['"abc', "inside a string"],
    ["01", "expected the end"],
    ["1.", "expected the end"],
    ["+1", "expected a JSON value"],
    ["[1,]", "expected a JSON value"],
    ["tru", "expected a JSON value"],
    ["'a'", "expected a JSON value"],
    ["1".repeat(100_000), "too long"],
    ["[".repeat(100_000), "nested deeper"],
    ['{"a":'.repeat(100_000), "nested deeper"],
  ];
  for (const [text, expected] of rows) {
    const error = assertThrows(() => parseJson(text, "model.json"), DataError);
    assertStringIncludes(error.message, "model.json: ");
    assertStringIncludes(error.message, expected);
    assertEquals(error.message.includes("\n"), false);
  }
});

Deno.test("parseJson's depth counts nesting, not length", () => {
  parseJson(`[${"[[]],{},".repeat(1000)}1]`, "f", { maxDepth: 3 });
  assertThrows(() => parseJson("[[[[]]]]", "f", { maxDepth: 3 }), DataError);
});

Deno.test("parseJson unsignedOnly takes digits alone", () => {
  assertEquals(parseJson("[0, 12]", "f", { unsignedOnly: true }), [0, 12]);
  for (const text of ["1.0", "1e0", "-0", "-1"]) {
    assertThrows(() => parseJson(text, "f", { unsignedOnly: true }), DataError, "non-negative integer");
  }
});

Deno.test("parseJson builds at most maxValues values, escapes included", () => {
  parseJson('{"a": [1, 2, "\\n"]}', "f", { maxValues: 6 });
  for (const [text, maxValues] of [["[1, 2, 3]", 3], ['{"a": {"b": {}}}', 2], ['"\\n\\n"', 2]] as const) {
    assertThrows(() => parseJson(text, "f", { maxValues }), DataError, `at most ${maxValues} values`);
  }
});

Deno.test("the quick path gives the careful reader's values, and leaves to it what it cannot judge", () => {
  const quick = [
    '{"a": [1, -2.5, 1e-3, 123456789012345, 0.12345678901234567890], "é": {"b": "\\n"}, "__proto__": 1}',
    '["\\ud83d\\ude00", "😀", true, null, {}]',
  ];
  for (const text of quick) {
    const value = quickJson(text, {});
    assert(value !== undefined, text);
    assertEquals(value, new JsonReader(text, "f", {}).document());
  }
  const careful = [
    "[1234567890123456]",
    "[1e5]",
    "[1e999]",
    "[1",
    '{"a":1,"\\u0061":2}',
    '{"a":{"b":1},"a":2}',
    '["\\ud800"]',
    '{"\\udc00":1}',
    '["\ud800"]',
    `${"[".repeat(65)}${"]".repeat(65)}`,
  ];
  for (const text of careful) assertEquals(quickJson(text, {}), undefined, text);
  for (const text of ["[-1]", "[1.0]", "[1e0]"]) {
    assertEquals(quickJson(text, { unsignedOnly: true }), undefined, text);
  }
  assertEquals(quickJson("[1, 2, 3]", { maxValues: 3 }), undefined);
});

Deno.test("parseJson, lenient, reads what Python reads", () => {
  assertEquals(
    parseJson('{"a": 1, "a": [NaN, 1e999, 9007199254740993], "b": "\\ud800"}', "f", { lenient: true }),
    { a: [NaN, Infinity, 9007199254740993n], b: "\ud800" },
  );
  assertEquals(parseJson('{"a": 1, "a": "\\ud800"}', "f", { lenient: true }), { a: "\ud800" });
});
