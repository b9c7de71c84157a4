/** Answers held to a schema, an object or a pattern: contract, part 6. */
import { assertEquals } from "@std/assert";
import { table } from "../support/contract.ts";

const PERSON =
  `'{"type":"object","properties":{"name":{"type":"string","maxLength":9},"age":{"type":"integer","minimum":0,"maximum":99}},"required":["name","age"],"additionalProperties":false}'`;
const person = /^\{"name":"(?:[^"\\\\]|\\\\.)*","age":\d{1,2}\}\n$/;

table("run: constraints of the command line", [
  [`echo 'Lily was a girl.' | llama run --seed 1 --temperature 2 --json-schema ${PERSON}`, { out: person }],
  [`echo ${PERSON} >$T/s.json; llama run --greedy --json-schema $T/s.json Lily`, { out: person }],
  [`llama run --greedy --regex ' (big|small) frog[.]' 'Lily saw a'`, { out: /^ (big|small) frog\.\n$/ }],
  [`llama run --seed 3 --json-object -n 200 --regex x y`, { code: 2, err: "contradict each other" }],
  [`llama run --greedy --json --json-object -n 4 x`, { json: ([{ text }]) => assertEquals(text[0], "{") }],
]);

table("run: constraints of records win over those of the command line", [
  [
    `printf '%s\\n' '{"prompt":"Tom","regex":" [0-9]{3}"}' '{"prompt":"Tom","json_object":true,"max_new_tokens":5}' ` +
    `'{"prompt":"Tom","json_schema":{"const":[1,"a"]}}' '{"prompt":"Tom"}' ` +
    `| llama run --jsonl --json --greedy --regex ' yes'`,
    {
      json: (objects) => {
        const [digits, object, constant, flag] = objects.map(({ text }) => text);
        assertEquals(/^ \d{3}$/.test(digits), true, digits);
        assertEquals(object[0], "{");
        assertEquals([constant, flag], ['[1,"a"]', " yes"]);
      },
    },
  ],
]);

table("run: constraints that cannot be used", [
  ["llama run --regex '(' x", { code: 2, err: "--regex: regular expression, character 2: expected )" }],
  ["llama run --json-schema $T/none.json x", { code: 4, err: "none.json: no such file" }],
  ["llama run --json-schema '{' x", { code: 2, err: "--json-schema: JSON schema: " }],
  [
    `llama run --json-schema '{"not":{}}' x`,
    { code: 2, err: '--json-schema: JSON schema #/not: the keyword "not" is not supported' },
  ],
  ["llama run --num-beams 2 --json-object x", {
    code: 3,
    err: "num_beams and a constraint do not go together",
  }],
  [
    `echo '{"prompt":"x","regex":"a","json_object":true}' | llama run --jsonl`,
    { code: 3, err: "stdin, line 1: json_object and regex contradict each other" },
  ],
  [
    `echo '{"prompt":"x","json_schema":3}' | llama run --jsonl`,
    { code: 3, err: "json_schema: expected a JSON object, got 3" },
  ],
]);
