/** The schemas that generation is tested with: each keyword, shapes of real tools, and mixes of both. */
import type { Json } from "../../src/constraint/schema/located.ts";
import { KEYWORD_SCHEMAS } from "./keyword_schemas.ts";
import { TOOL_SCHEMAS } from "./tool_schemas.ts";

/** Schemas without references, which may stand anywhere. */
const movable = KEYWORD_SCHEMAS.filter((schema) => !JSON.stringify(schema).includes("$ref"));

/** Another schema of the list, far from the first. */
const partner = (i: number) => movable[(i * 37 + 11) % movable.length];

const mixes: Json[] = movable.map((schema, i): Json => {
  switch (i % 4) {
    case 0:
      return {
        ...{ type: "object", properties: { first: schema, second: partner(i) }, additionalProperties: false },
        required: i % 8 === 0 ? ["first"] : ["second", "first"],
      };
    case 1:
      return { type: "array", prefixItems: [schema], items: partner(i), minItems: 1, maxItems: 2 };
    case 2:
      return {
        anyOf: [schema, { type: "array", items: schema, minItems: 1, maxItems: 2 }, { const: "none" }],
      };
    default:
      return {
        $defs: { one: schema, other: partner(i) },
        allOf: [
          { type: "object", properties: { a: { $ref: "#/$defs/one" } }, required: ["a"] },
          { properties: { b: { $ref: "#/$defs/other" } } },
        ],
        maxProperties: 2,
      };
  }
});

const nested: Json[] = TOOL_SCHEMAS.filter((schema) => !JSON.stringify(schema).includes("$ref")).map((
  schema,
) => ({
  ...{ type: "object", properties: { name: { const: "f" }, arguments: schema } },
  ...{ required: ["name", "arguments"], additionalProperties: false },
}));

export const CORPUS: readonly Json[] = [...KEYWORD_SCHEMAS, ...TOOL_SCHEMAS, ...mixes, ...nested];
