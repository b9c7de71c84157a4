import { describe, isObject, type JsonObject, locate, type Located, SchemaError, token } from "./located.ts";

/** Keywords that only describe, or that other keywords refer to. */
const ANNOTATIONS = new Set([
  "$schema",
  "$id",
  "id",
  "$comment",
  "$defs",
  "definitions",
  "title",
  "description",
  "default",
  "examples",
  "example",
  "deprecated",
  "readOnly",
  "writeOnly",
  "contentMediaType",
  "contentEncoding",
  "contentSchema",
  "markdownDescription",
  "externalDocs",
  "xml",
]);

/** Keywords that are compiled. */
const COMPILED = new Set([
  "$ref",
  "allOf",
  "anyOf",
  "oneOf",
  "type",
  "enum",
  "const",
  "properties",
  "required",
  "additionalProperties",
  "patternProperties",
  "propertyNames",
  "dependentRequired",
  "dependentSchemas",
  "minProperties",
  "maxProperties",
  "items",
  "prefixItems",
  "additionalItems",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "pattern",
  "format",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
]);

/** Keywords whose value here changes nothing. */
const WITHOUT_EFFECT: Readonly<Record<string, (value: unknown) => boolean>> = {
  uniqueItems: (value) => value === false,
  nullable: (value) => value === false,
  unevaluatedProperties: (value) => value === true,
  unevaluatedItems: (value) => value === true,
};

/** Keywords that follow others in a schema, beside which "unevaluated" is more than "additional". */
const APPLICATORS = ["$ref", "allOf", "anyOf", "oneOf", "dependentSchemas"] as const;

/** True if `unevaluatedProperties` or `unevaluatedItems` mean `additionalProperties` or the items' rest. */
export function isPlain(schema: JsonObject): boolean {
  return APPLICATORS.every((name) => schema[name] === undefined);
}

/** Checks that every keyword is supported: nothing is ignored. @throws SchemaError */
export function refuseUnknown(schema: JsonObject, pointer: string): void {
  for (const [name, value] of Object.entries(schema)) {
    if (COMPILED.has(name) || ANNOTATIONS.has(name) || name.startsWith("x-")) continue;
    if (WITHOUT_EFFECT[name]?.(value)) continue;
    if ((name === "unevaluatedProperties" || name === "unevaluatedItems") && isPlain(schema)) continue;
    throw new SchemaError(
      `${pointer}/${token(name)}`,
      `the keyword ${JSON.stringify(name)} is not supported`,
    );
  }
}

/** The number of a keyword; undefined if absent. @throws SchemaError if it is not a number, or not a count */
export function numberOf(
  schema: JsonObject,
  pointer: string,
  name: string,
  kind: "number" | "count",
): number | undefined {
  const value = schema[name];
  if (value === undefined) return undefined;
  const fits = typeof value === "number" &&
    (kind === "number" || (Number.isSafeInteger(value) && value >= 0));
  if (fits) return value;
  const wanted = kind === "number" ? "a number" : "a whole number, 0 or more";
  throw new SchemaError(
    `${pointer}/${name}`,
    `expected ${wanted}, got ${typeof value === "number" ? value : describe(value)}`,
  );
}

/** The string of a keyword; undefined if absent. @throws SchemaError if it is not a string */
export function textOf(schema: JsonObject, pointer: string, name: string): string | undefined {
  const value = schema[name];
  if (value === undefined || typeof value === "string") return value;
  throw new SchemaError(`${pointer}/${name}`, `expected a string, got ${describe(value)}`);
}

/** The strings of a keyword's list; empty if absent. @throws SchemaError if it is not a list of strings */
export function textsOf(schema: JsonObject, pointer: string, name: string): readonly string[] {
  const value = schema[name];
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw new SchemaError(`${pointer}/${name}`, "expected a list of strings");
}

/** The schemas of a keyword's list; undefined if absent. @throws SchemaError if it is not a list, or empty */
export function schemasOf(schema: JsonObject, pointer: string, name: string): readonly Located[] | undefined {
  const value = schema[name];
  if (value === undefined) return undefined;
  const at = `${pointer}/${name}`;
  if (!Array.isArray(value) || value.length === 0) {
    throw new SchemaError(at, "expected a list of at least one schema");
  }
  return value.map((one, i) => locate(one, `${at}/${i}`));
}

/** A keyword's schemas by name. @throws SchemaError if it is not an object */
export function propertiesOf(
  schema: JsonObject,
  pointer: string,
  name: string,
): ReadonlyMap<string, Located> {
  const value = schema[name];
  const at = `${pointer}/${name}`;
  if (value === undefined) return new Map();
  if (!isObject(value)) throw new SchemaError(at, `expected an object, got ${describe(value)}`);
  return new Map(Object.entries(value).map(([key, one]) => [key, locate(one, `${at}/${token(key)}`)]));
}
