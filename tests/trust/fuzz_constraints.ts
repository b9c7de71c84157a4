import { Automaton } from "../../src/constraint/automaton/automaton.ts";
import { compile } from "../../src/constraint/constraints.ts";
import type { Json } from "../../src/constraint/schema/located.ts";
import { DataError } from "../../src/base/errors.ts";
import { parseJson, writable } from "../../src/base/json.ts";
import { Random } from "../../src/base/random.ts";
import { addCalls, type WholeCall } from "../../src/serve/tools/call_delta.ts";
import { CallReader } from "../../src/serve/tools/call_reader.ts";
import { syntaxOf } from "../../src/serve/tools/syntax.ts";
import type { FuzzTarget } from "./fuzz.ts";
import { mutated } from "./fuzz_checkpoints.ts";
import { mutateBytes } from "./mutate_bytes.ts";

const SCHEMAS: readonly Json[] = [
  {
    type: "object",
    properties: { a: { type: "string", pattern: "^[a-f]+$", maxLength: 9 }, b: { $ref: "#/$defs/c" } },
    required: ["a"],
    additionalProperties: { type: ["integer", "null"] },
    $defs: { c: { enum: [1, "x", null], default: 1 } },
  },
  { type: "array", prefixItems: [{ type: "boolean" }], items: { $ref: "#" }, minItems: 1, maxItems: 300 },
  { oneOf: [{ type: "integer", minimum: -5, exclusiveMaximum: 1e6, multipleOf: 3 }, { const: "b" }] },
  { allOf: [{ type: "string", format: "date-time" }, { minLength: 3 }], title: "t" },
  { anyOf: [{ type: "number", minimum: 0.5, maximum: 1e3 }, { $ref: "#/anyOf/0" }] },
];

/** JSON schemas, compiled and walked a little. */
export const schemasTarget: FuzzTarget = {
  name: "schemas",
  make: (random) => new TextEncoder().encode(mutated(random, random.of(SCHEMAS))),
  read(input) {
    const schema = writable(parseJson(input, "schema")) as Json;
    walk(new Automaton(compile({ kind: "jsonSchema", schema })), new Random(input.length));
  },
};

const PIECES = [
  "a",
  "[b-f]",
  "(",
  ")",
  "|",
  "*",
  "+?",
  "{2,5}",
  "{0,1000}",
  "^",
  "$",
  ".",
  "\\d",
  "\\",
  "é",
  "-",
  "(?:",
];

/** Regular expressions, compiled and walked a little. */
export const patternsTarget: FuzzTarget = {
  name: "patterns",
  make: (random) => new TextEncoder().encode(random.some(0, 14, () => random.of(PIECES)).join("")),
  read(input) {
    const pattern = new TextDecoder().decode(input);
    walk(new Automaton(compile({ kind: "regex", pattern })), new Random(input.length));
  },
};

const GRAMMAR = 'root ::= "a" (b | [^c-e]{2,5} | .)* #\nb ::= "x"? root "\\n" | [f\\]]+\n';

/** Grammars, compiled and walked a little. */
export const grammarsTarget: FuzzTarget = {
  name: "grammars",
  make: (random) => mutateBytes(random, new TextEncoder().encode(GRAMMAR)),
  read(input) {
    walk(
      new Automaton(compile({ kind: "grammar", grammar: new TextDecoder().decode(input) })),
      new Random(input.length),
    );
  },
};

function walk(automaton: Automaton, random: Random): void {
  for (let state = automaton.start, step = 0; step < 60 && state >= 0; step++) {
    const bytes = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) =>
      automaton.step(state, byte) >= 0
    );
    if (bytes.length === 0) {
      if (!automaton.accepts(state)) throw new Error("a dead end");
      return;
    }
    state = automaton.step(state, random.of(bytes));
  }
}

const TEMPLATES = ["<tool_call>", "[TOOL_CALLS]", "[TOOL_CALLS][ARGS]", "<|python_tag|>", ""];
const CALLS = [
  '{"name": "f", "arguments": {"a": [1, "}"]}}',
  '{"arguments": "{}", "name": "f"}',
  'f[ARGS]{"x": "\\""}',
  '{"name": "f"}',
  ...'<tool_call>|</tool_call>|[TOOL_CALLS]|<|python_tag|>|[|]|,|;|\n| |{|}|"|\\|text é|:|null'.split("|"),
];

/** Answers with calls of tools; however they are divided, the same must be read. The first byte chooses the syntax. */
export const callsTarget: FuzzTarget = {
  name: "calls",
  make: (random) =>
    Uint8Array.of(
      random.below(TEMPLATES.length),
      ...new TextEncoder().encode(random.some(0, 12, () => random.of(CALLS)).join("")),
    ),
  read(input) {
    const syntax = syntaxOf(TEMPLATES[input[0] % TEMPLATES.length]);
    const text = new TextDecoder().decode(input.subarray(1));
    const read = (parts: readonly string[]) => {
      const reader = new CallReader({ syntax, names: new Set(["f"]) });
      const calls: WholeCall[] = [];
      let said = "";
      for (const one of [...parts.map((part) => reader.push(part)), reader.end()]) {
        said += one.text;
        addCalls(calls, one.calls);
      }
      return { said, calls: calls.map(({ name, arguments: given }) => [name, given]) };
    };
    const whole = read([text]);
    if (JSON.stringify(read([...text])) !== JSON.stringify(whole)) {
      throw new Error("parts are read in another way");
    }
    if (whole.calls.length === 0 && whole.said !== text) throw new Error("text is lost");
    if (whole.calls.length === 0) throw new DataError("no call");
  },
};
