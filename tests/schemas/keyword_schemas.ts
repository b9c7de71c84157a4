/** Small schemas for each keyword that is supported, and for values at its edges. */
import type { Json } from "../../src/constraint/schema/located.ts";

/** Schemas of one type. */
function ofType(type: string, list: readonly Readonly<Record<string, Json>>[]): Json[] {
  return list.map((more) => ({ type, ...more }));
}

const integers = ofType("integer", [
  {},
  { minimum: 0 },
  { maximum: 0 },
  { minimum: 1, maximum: 10 },
  { minimum: -100, maximum: -7 },
  { exclusiveMinimum: 0, exclusiveMaximum: 3 },
  { minimum: 1900, maximum: 2100 },
  { minimum: 999, maximum: 1001 },
  { minimum: -1, maximum: 1 },
  { minimum: 0.5, maximum: 9.5 },
  { multipleOf: 5 },
  { multipleOf: 7, minimum: 50, maximum: 120 },
  { multipleOf: 0.5, minimum: 1, maximum: 4 },
  { format: "int32" },
  { format: "int64", minimum: 0 },
  { maximum: 9007199254740991, minimum: 9007199254740000 },
  { enum: [1, 2, 3] },
  { const: 42 },
]);

const decimals = ofType("number", [
  {},
  { minimum: 0, maximum: 1 },
  { exclusiveMinimum: 0, maximum: 0.5 },
  { minimum: -273.15 },
  { maximum: 1e-3, minimum: 0 },
  { minimum: -90, maximum: 90 },
  { minimum: 1e20, maximum: 2e20 },
  { multipleOf: 0.25, minimum: 0, maximum: 100 },
  { multipleOf: 2.5 },
  { format: "double", minimum: 3 },
  { enum: [0.5, 1.5, -2e10] },
]);

const texts = ofType("string", [
  {},
  { minLength: 1 },
  { maxLength: 8 },
  { minLength: 3, maxLength: 3 },
  { maxLength: 0 },
  { maxLength: 10_000 },
  { pattern: "^[A-Z]{2,3}$" },
  { pattern: "^\\d{3}-\\d{4}$" },
  { pattern: "^(red|green|blue)$" },
  { pattern: "^#[0-9a-fA-F]{6}$" },
  { pattern: "x", maxLength: 12 },
  { pattern: "^a.*z$", maxLength: 15 },
  { pattern: "^\\w+@\\w+\\.(com|org)$", maxLength: 30 },
  { pattern: "^v\\d+\\.\\d+(-[a-z]+)?$", maxLength: 20 },
  { pattern: "^[^\\s,]{1,10}$" },
  { pattern: "^(?:[a-c]\\d){2}$" },
  { pattern: "^[\\u00e0-\\u00ff]{1,5}$" },
  ...("date time date-time duration uuid email hostname ipv4 ipv6 uri url uri-reference json-pointer byte password")
    .split(" ").map((format) => ({ format })),
  { format: "date", pattern: "^19" },
  { format: "uri", maxLength: 40 },
  { enum: ["a", "b", "long one", 'with "quotes"', "ünï😀", ""] },
  { const: "\n\t\\" },
]);

const lists = ofType("array", [
  { items: { type: "integer" } },
  { items: { type: "string", maxLength: 5 }, maxItems: 3 },
  { items: { type: "boolean" }, minItems: 2, maxItems: 2 },
  { items: { enum: ["x", "y"] }, minItems: 1, maxItems: 400 },
  { items: { type: "array", items: { type: "null" }, maxItems: 2 }, maxItems: 2 },
  { items: false },
  { maxItems: 0 },
  { prefixItems: [{ type: "integer" }, { type: "string", maxLength: 3 }], items: false },
  { prefixItems: [{ const: 1 }], items: { const: 2 }, minItems: 3, maxItems: 5 },
  { prefixItems: [{ type: "null" }, { type: "boolean" }], minItems: 2, maxItems: 2 },
  { items: { anyOf: [{ type: "null" }, { type: "integer", minimum: 0, maximum: 9 }] }, maxItems: 4 },
  { prefixItems: [{ type: "boolean" }], unevaluatedItems: false, minItems: 1 },
  { uniqueItems: false, items: { type: "integer", maximum: 5, minimum: 0 }, maxItems: 3 },
]);

const short = { type: "string", maxLength: 6 };
const count = { type: "integer", minimum: 0, maximum: 99 };
const objects = ofType("object", [
  { properties: { a: count }, required: ["a"], additionalProperties: false },
  { properties: { a: count, b: short }, additionalProperties: false },
  {
    properties: { a: count, b: short, c: { type: "null" } },
    required: ["c", "a"],
    additionalProperties: false,
  },
  { properties: { a: count }, additionalProperties: short, maxProperties: 3 },
  { additionalProperties: count, maxProperties: 2 },
  { additionalProperties: false },
  { properties: { a: false, b: count }, required: ["b"], additionalProperties: false },
  { properties: { 'a b/~"': short }, required: ['a b/~"'], additionalProperties: false },
  { properties: { ключ: count, "😀": count }, required: ["ключ", "😀"], additionalProperties: false },
  { required: ["x", "y"], additionalProperties: count, maxProperties: 2 },
  { properties: { a: count, b: count, c: count }, additionalProperties: false, minProperties: 2 },
  { properties: { a: count, b: count, c: count }, additionalProperties: false, maxProperties: 1 },
  { patternProperties: { "^n_[a-z]{1,3}$": count }, additionalProperties: false, maxProperties: 2 },
  { properties: { n: short }, patternProperties: { "^n": { minLength: 2 } }, additionalProperties: false },
  { propertyNames: { pattern: "^[a-z]{1,4}$" }, additionalProperties: count, maxProperties: 2 },
  { propertyNames: { enum: ["p", "q"] }, additionalProperties: count, minProperties: 2 },
  { properties: { a: count, b: count }, dependentRequired: { a: ["b"] }, additionalProperties: false },
  {
    properties: { a: count, b: short },
    dependentSchemas: { a: { properties: { b: { minLength: 2 } }, required: ["b"] } },
    additionalProperties: false,
  },
  { properties: { a: count }, unevaluatedProperties: false, minProperties: 1 },
  {
    properties: { o: { type: "object", properties: { p: short }, required: ["p"] } },
    required: ["o"],
    maxProperties: 1,
  },
]);

const combined: Json[] = [
  { type: ["string", "null"], maxLength: 4 },
  { type: ["integer", "boolean"] },
  { type: "null" },
  { type: "boolean" },
  { enum: [null, true, 0, "s", [1], { k: "v" }] },
  { const: { deep: [{ er: null }] } },
  { anyOf: [count, short] },
  {
    anyOf: [{ type: "array", items: count, maxItems: 2 }, { type: "object", maxProperties: 0 }, {
      type: "null",
    }],
  },
  { oneOf: [{ type: "integer", maximum: -1 }, { type: "integer", minimum: 1 }, { type: "boolean" }] },
  {
    oneOf: ["a", "b"].map((kind) => ({
      type: "object",
      properties: { kind: { const: kind }, [kind]: count },
      required: ["kind", kind],
      additionalProperties: false,
    })),
  },
  { allOf: [{ type: "string" }, { minLength: 2 }, { maxLength: 5 }] },
  { allOf: [{ type: "integer", minimum: 3 }, { maximum: 9 }, { multipleOf: 2 }] },
  {
    allOf: [{ type: "object", properties: { a: count }, required: ["a"] }, { properties: { b: short } }],
    maxProperties: 2,
  },
  { allOf: [{ $ref: "#/$defs/small" }, { minimum: 4 }], $defs: { small: count } },
  { $ref: "#/$defs/list", $defs: { list: { type: "array", items: { $ref: "#/$defs/list" }, maxItems: 2 } } },
  {
    $defs: {
      tree: {
        type: "object",
        properties: { v: count, l: { $ref: "#/$defs/tree" }, r: { $ref: "#/$defs/tree" } },
        required: ["v"],
        additionalProperties: false,
      },
    },
    $ref: "#/$defs/tree",
  },
  {
    definitions: { p: { type: "string", enum: ["low", "high"] } },
    type: "array",
    items: { $ref: "#/definitions/p" },
    maxItems: 3,
  },
  { anyOf: [{ type: "string", format: "date" }, { type: "string", format: "uuid" }] },
  { anyOf: [{ allOf: [{ anyOf: [count, { type: "null" }] }] }, { const: "none" }] },
  {
    type: "integer",
    title: "T",
    description: "D",
    default: 3,
    examples: [1],
    deprecated: true,
    "x-order": 1,
  },
];

/** Schemas that must be refused, with the keyword that the message names. */
export const REFUSED_SCHEMAS: readonly (readonly [schema: Json, keyword: string])[] = [
  [{ not: { type: "null" } }, "not"],
  [{ if: { type: "integer" }, then: { minimum: 0 } }, "if"],
  [{ type: "array", uniqueItems: true }, "uniqueItems"],
  [{ type: "array", contains: { const: 1 } }, "contains"],
  [{ type: "object", minProperties: 3 }, "minProperties"],
  [{ type: "string", format: "semver" }, "format"],
  [{ type: "string", pattern: "(?!a)b" }, "pattern"],
  [{ type: "string", pattern: "(a)\\1" }, "pattern"],
  [{ $ref: "other.json" }, "$ref"],
  [{ $dynamicRef: "#x" }, "$dynamicRef"],
  [{ oneOf: [{ type: "integer" }, { type: "number" }] }, "oneOf"],
  [{ properties: { a: { properties: { "b/c": { madeUp: 1 } } } } }, "madeUp"],
  [{ type: "text" }, "type"],
  [{ type: "integer", multipleOf: 0 }, "multipleOf"],
  [{ allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, "unevaluatedProperties"],
];

/** Every small schema. */
export const KEYWORD_SCHEMAS: readonly Json[] = [
  ...integers,
  ...decimals,
  ...texts,
  ...lists,
  ...objects,
  ...combined,
];
