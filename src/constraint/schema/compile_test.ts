import { assert, assertThrows } from "@std/assert";
import { Ajv2020 } from "ajv";
import formats from "ajv-formats";
import { Random } from "../../base/random.ts";
import { Automaton } from "../automaton/automaton.ts";
import { compileSchema } from "./compile.ts";
import { type Json, SchemaError } from "./located.ts";
import { BAD_SCHEMAS } from "../../../tests/support/bad_constraints.ts";

const node: Json = {
  type: "object",
  properties: { value: { type: "integer" }, next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } },
  required: ["value", "next"],
  additionalProperties: false,
};
const tagged = (tag: string, name: string, schema: Json): Json => ({
  type: "object",
  properties: { kind: { const: tag }, [name]: schema },
  required: ["kind"],
});

/** A schema or two for each keyword. */
const SCHEMAS: readonly Json[] = [
  true,
  {},
  { type: "object" },
  { type: ["string", "null"] },
  { type: ["integer", "number", "boolean"] },
  { type: "integer", minimum: -37, maximum: 1205 },
  { type: "integer", exclusiveMinimum: 0 },
  { type: "number", minimum: 1e21 },
  { type: "number", exclusiveMinimum: 0, maximum: 1 },
  { type: "number", minimum: 5, exclusiveMinimum: true },
  { type: "integer", multipleOf: 12, minimum: 100, maximum: 500 },
  { minimum: 3, minLength: 2, maxItems: 1 },
  { type: "string", minLength: 3, maxLength: 5 },
  { type: "string", pattern: "ab+c", maxLength: 12 },
  { type: "string", pattern: "^\\S+@\\S+$", minLength: 5, maxLength: 20 },
  { allOf: [{ type: "string", pattern: "^a" }, { pattern: "b$" }, { minLength: 4, maxLength: 8 }] },
  ..."date time date-time duration uuid email hostname ipv4 ipv6 uri url uri-reference json-pointer byte"
    .split(" ").map(
      (format) => ({ type: "string", format }),
    ),
  { type: "string", format: "ipv4", maxLength: 9 },
  {
    type: "object",
    properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
    required: ["name"],
    additionalProperties: false,
  },
  { type: "object", properties: { a: { type: "boolean" }, b: false, c: { type: "null" } } },
  {
    type: "object",
    properties: { a: true },
    required: ["z", "a"],
    additionalProperties: { type: "integer" },
  },
  { type: "object", additionalProperties: { type: "integer" }, minProperties: 1, maxProperties: 3 },
  { type: "object", properties: { a: { type: "null" } }, required: ["a"], minProperties: 1 },
  {
    type: "object",
    properties: { 'a"b/c~': { type: "null" } },
    required: ['a"b/c~'],
    additionalProperties: false,
  },
  { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 4 },
  { type: "array", prefixItems: [{ type: "integer" }, { type: "string" }], items: false },
  {
    type: "array",
    prefixItems: [{ type: "integer" }, { type: "string" }],
    items: { type: "null" },
    minItems: 1,
  },
  { type: "array", maxItems: 0 },
  { type: "array", items: false },
  { enum: [1, "a", null, true, { a: 1 }, [1, 2]] },
  { const: { x: [1, 'é"\n'] } },
  { type: "string", enum: ["a", "bbb", 7], minLength: 2 },
  { enum: [{ a: 1 }, { a: "x" }, { b: 2 }], properties: { a: { type: "integer" } } },
  { anyOf: [{ type: "integer" }, { type: "string", maxLength: 3 }], description: "either" },
  { anyOf: [{ minimum: 5 }, { multipleOf: 2 }], type: "integer" },
  { oneOf: [{ type: "integer" }, { type: "string" }] },
  { oneOf: [{ type: "integer", maximum: 3 }, { type: "number", exclusiveMinimum: 3 }] },
  { oneOf: [tagged("a", "v", { type: "integer" }), tagged("b", "w", { type: "string" })] },
  { oneOf: [{ const: 1 }, { enum: [2, 3] }] },
  {
    allOf: [
      { type: "object", properties: { a: { type: "integer" } } },
      { properties: { b: { type: "string" } }, required: ["b"] },
      { properties: { a: { minimum: 3 } }, required: ["a"] },
    ],
  },
  {
    allOf: [{ properties: { a: { type: "null" } }, additionalProperties: false }, {
      required: ["a"],
      type: "object",
    }],
  },
  { $ref: "#/$defs/node", $defs: { node } },
  {
    type: "object",
    properties: { children: { type: "array", items: { $ref: "#" } } },
    additionalProperties: false,
  },
  { $defs: { "a/b": { type: "integer" } }, $ref: "#/$defs/a~1b", minimum: 3 },
  { properties: { a: true, b: { type: "null" } }, type: "object", maxProperties: 1 },
  {
    type: "object",
    properties: { a: { type: "integer" }, b: { type: "null" }, c: { type: "boolean" } },
    required: ["b"],
    additionalProperties: false,
    minProperties: 2,
    maxProperties: 2,
  },
  { type: "object", properties: { a: { type: "null" } }, minProperties: 2, maxProperties: 4 },
  {
    type: "object",
    properties: { ab: { type: "integer" }, x: { type: "null" } },
    patternProperties: { "^a": { minimum: 5 }, "^b": { type: "string" }, "b$": { type: "integer" } },
    required: ["ab"],
    additionalProperties: { type: "boolean" },
  },
  {
    type: "object",
    patternProperties: { "^s_[a-z]{1,4}$": { type: "string" } },
    additionalProperties: false,
    minProperties: 1,
  },
  { type: "object", properties: { abc: true, abcd: true }, propertyNames: { maxLength: 3 } },
  {
    type: "object",
    propertyNames: { enum: ["a", "b", 5] },
    minProperties: 2,
    maxProperties: 2,
    additionalProperties: { type: "null" },
  },
  { anyOf: [{ type: "object", required: ["abcd"], propertyNames: { maxLength: 3 } }, { type: "null" }] },
  {
    type: "object",
    properties: { a: { type: "null" }, b: { type: "null" }, c: { type: "null" } },
    additionalProperties: false,
    dependentRequired: { a: ["b"], c: [] },
    dependentSchemas: { b: { required: ["c"] } },
  },
  { type: "object", properties: { a: true }, unevaluatedProperties: false, "x-order": 3 },
  { type: "integer", format: "int32", minimum: 2147483640 },
  { type: "number", format: "int64", multipleOf: 1000 },
  { type: "string", format: "password", maxLength: 5 },
  { type: ["string", "number"], format: "double" },
  { uniqueItems: false, type: "array", items: { type: "boolean" } },
];

/** A random text of the language: no dead end may come. */
function walk(automaton: Automaton, random: Random): string | undefined {
  const out: number[] = [];
  for (let state = automaton.start; out.length < 2000;) {
    const options: number[] = [];
    for (let byte = 0; byte < 256; byte++) if (automaton.step(state, byte) >= 0) options.push(byte);
    if (automaton.accepts(state) && (options.length === 0 || random.fraction() < 0.3)) {
      return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(out));
    }
    assert(options.length > 0, `a dead end after ${new TextDecoder().decode(Uint8Array.from(out))}`);
    const closing = out.length > 40
      ? options.find((byte) => byte === 0x22 || byte === 0x5d || byte === 0x7d)
      : undefined;
    const byte = closing ?? random.of(options);
    out.push(byte);
    state = automaton.step(state, byte);
  }
}

Deno.test("schemas: every text that a grammar makes is valid", () => {
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  const random = new Random(11);
  for (const schema of SCHEMAS) {
    const automaton = new Automaton(compileSchema(schema));
    // Draft 4's boolean is unknown to ajv's 2020 dialect.
    const known = typeof schema === "object" && (schema as Record<string, Json>).exclusiveMinimum === true
      ? { type: "number", exclusiveMinimum: 5 }
      : schema;
    const validate = ajv.compile(known as Record<string, unknown>);
    let whole = 0;
    for (let i = 0; i < 20; i++) {
      const text = walk(automaton, random);
      if (text === undefined) continue;
      whole++;
      const value = JSON.parse(text);
      assert(validate(value), `${JSON.stringify(schema)}: ${text}: ${ajv.errorsText(validate.errors)}`);
    }
    assert(whole > 0, `${JSON.stringify(schema)}: no text ended`);
  }
});

Deno.test("schemas: what is refused is named, with a pointer", () => {
  for (const [schema, message] of BAD_SCHEMAS) {
    assertThrows(
      () => compileSchema(schema as Json),
      SchemaError,
      message,
      JSON.stringify(schema).slice(0, 80),
    );
  }
});
