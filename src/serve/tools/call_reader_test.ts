import { assert, assertEquals } from "@std/assert";
import { Random } from "../../base/random.ts";
import { addCalls, type WholeCall } from "./call_delta.ts";
import { CallReader } from "./call_reader.ts";
import { newCallId, syntaxOf } from "./syntax.ts";

const SYNTAXES = {
  tag: syntaxOf("… <tool_call> …"),
  list: syntaxOf("[AVAILABLE_TOOLS] [TOOL_CALLS]"),
  named: syntaxOf("[TOOL_CALLS] [ARGS]"),
  llama: syntaxOf("<|python_tag|>"),
  plain: syntaxOf("{{ tools }}"),
};
type Name = keyof typeof SYNTAXES;
const NAMES = new Set(["add", "get_weather"]);

/** Text and calls of an answer that comes in these parts. */
function read(name: Name, parts: readonly string[], more: { most?: number; isOpened?: boolean } = {}) {
  const reader = new CallReader({ syntax: SYNTAXES[name], names: NAMES, ...more });
  const calls: WholeCall[] = [];
  let text = "";
  for (const one of [...parts.map((part) => reader.push(part)), reader.end()]) {
    text += one.text;
    addCalls(calls, one.calls);
  }
  return [text, calls.map(({ name, arguments: given }) => `${name}${given}`)];
}

/** Answers with their text and calls. */
const ROWS: readonly (readonly [Name, answer: string, text: string, ...calls: string[]])[] = [
  [
    "tag",
    'Let me see.\n\n<tool_call>\n{"name": "add", "arguments": {"a": "}\\"<"}}\n</tool_call>',
    "Let me see.",
    'add{"a": "}\\"<"}',
  ],
  [
    "tag",
    '<tool_call>{"arguments": {"x": []}, "name": "z"}</tool_call>\n<tool_call>{"name": "add"}',
    "",
    'z{"x": []}',
    "add{}",
  ],
  [
    "tag",
    'a < b, <tool_cal {"name": "add", "arguments": {}}  ',
    'a < b, <tool_cal {"name": "add", "arguments": {}}  ',
  ],
  ["tag", "<tool_call>nope</tool_call> x\n", "<tool_call>nope</tool_call> x\n"],
  ["tag", '<tool_call>{"name": 5, "arguments": {}}', '<tool_call>{"name": 5, "arguments": {}}'],
  ["tag", '<tool_call>{"name": "add", "arguments": [1]}', '<tool_call>{"name": "add", "arguments": [1]}'],
  ["tag", '<tool_call>{"name": "add", "arguments": {"a": 1', "", 'add{"a": 1'],
  ["tag", '<tool_call>{"name": "ad', '<tool_call>{"name": "ad'],
  ["tag", '<tool_call>{"name": "add", "arguments": {"a": [1}}', "", 'add{"a": [1}'],
  ["tag", "no call  ", "no call  "],
  ["tag", "", ""],
  [
    "list",
    'ok [TOOL_CALLS] [{"name": "add", "arguments": {"a": 1}, "id": "1"}, {"name":"b","arguments":{}}]',
    "ok",
    'add{"a": 1}',
    "b{}",
  ],
  ["list", "[TOOL_CALLS] []", "[TOOL_CALLS] []"],
  ["named", '[TOOL_CALLS]add[ARGS]{"a": 1}[TOOL_CALLS]b.c{"b":2}', "", 'add{"a": 1}', 'b.c{"b":2}'],
  ["named", "[TOOL_CALLS]add[ARG", "[TOOL_CALLS]add[ARG"],
  ["llama", '{"name": "add", "parameters": {"a": 1}}', "", 'add{"a": 1}'],
  [
    "llama",
    '<|python_tag|>{"type": "function", "name": "z", "parameters": {}}; {"name": "add", "parameters": {}}',
    "",
    "z{}",
    "add{}",
  ],
  ["llama", "<|python_tag|>print(1)", "<|python_tag|>print(1)"],
  ["plain", 'Sure:\n {"name": "add", "arguments": {"a": 1}}\nDone.', "Sure:", 'add{"a": 1}'],
  ["plain", 'So {"name": "add", "arguments": {}}', 'So {"name": "add", "arguments": {}}'],
  ["plain", '{"name": "bob", "arguments": {}}', '{"name": "bob", "arguments": {}}'],
  ["plain", '{"name": "add", "age": 3}', '{"name": "add", "age": 3}'],
  ["plain", '{"name": "add"}', '{"name": "add"}'],
  ["plain", '[1, {"name": "add", "arguments": null}]', '[1, {"name": "add", "arguments": null}]'],
  ["plain", '[{"name": "add", "arguments": "{\\"a\\": 1}"}]', "", 'add{"a": 1}'],
  ["plain", '{"name": "add", "arguments": null}', "", "add{}"],
];

Deno.test("calls are read from each syntax, and what only looks like one is text, at every division", () => {
  const random = new Random(5);
  for (const [name, answer, text, ...calls] of ROWS) {
    assertEquals(read(name, [answer]), [text, calls], answer);
    assertEquals(read(name, [...answer]), [text, calls], `${answer}, by characters`);
    for (let i = 0; i < 8; i++) {
      const parts: string[] = [];
      for (let at = 0; at < answer.length;) {
        const length = 1 + random.below(9);
        parts.push(answer.slice(at, at + length));
        at += length;
      }
      assertEquals(read(name, parts), [text, calls], parts.join("|"));
    }
  }
});

Deno.test("arguments come as they are written, before the call is whole", () => {
  const reader = new CallReader({ syntax: SYNTAXES.tag, names: NAMES });
  assertEquals(reader.push('<tool_call>{"name": "add", "argum').calls, []);
  const [first, ...parts] = reader.push('ents": {"a').calls;
  assertEquals([first.name, first.arguments, parts], ["add", "", [{ index: 0, arguments: '{"a' }]]);
  assertEquals(reader.push('": 1').calls, [{ index: 0, arguments: '": 1' }]);
});

Deno.test("a number of calls, a mark in the prompt, ids", () => {
  const call = '{"name": "add", "arguments": {}}';
  assertEquals(read("tag", [`<tool_call>${call}</tool_call><tool_call>${call}`], { most: 1 }), ["", [
    "add{}",
  ]]);
  assertEquals(read("tag", [`\n${call}\n</tool_call>`], { isOpened: true }), ["", ["add{}"]]);
  assert(/^call_\w{24}$/.test(newCallId(SYNTAXES.tag, "call_")));
  assert(/^\w{9}$/.test(newCallId(SYNTAXES.list, "call_")));
});

Deno.test("syntaxes are chosen by the template's text", () => {
  const rows: [template: string, name: string, key: string][] = [
    ["{{ '<tool_call>\\n' }}", "tag", "arguments"],
    ["{{ '[TOOL_CALLS]' }}", "list", "arguments"],
    ["{{ '<|start_header_id|>' }}", "llama", "parameters"],
    ["{{ '{\"name\": ' }}", "plain", "arguments"],
    ["{{ '\"parameters\": ' }}", "plain", "parameters"],
  ];
  for (const [template, name, key] of rows) {
    const syntax = syntaxOf(template);
    assertEquals([syntax.name, syntax.key], [name, key]);
  }
});

Deno.test("long answers take no long time", () => {
  const start = performance.now();
  read("plain", ["[".repeat(200_000)]);
  read("plain", [`{"name": "add", "arguments": ${'{"a":'.repeat(100_000)}`]);
  read("tag", Array(100_000).fill("<tool_"));
  read("tag", ["\n".repeat(300_000)]);
  assert(performance.now() - start < 5000, `${performance.now() - start} ms`);
});
