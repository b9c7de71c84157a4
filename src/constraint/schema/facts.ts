import { FORMATS, NUMBER_FORMATS } from "./formats.ts";
import { numberOf, propertiesOf, refuseUnknown, schemasOf, textOf, textsOf } from "./keywords.ts";
import { describe, type Json, type JsonObject, locate, type Located, SchemaError } from "./located.ts";

export const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"] as const;
export type Type = (typeof TYPES)[number];

/** A number's bound and the pointer to it. */
export interface Bound {
  readonly value: number;
  /** True if the bound itself is outside. */
  readonly open: boolean;
}

/** A text keyword with the pointer to it. */
export interface Sourced {
  readonly text: string;
  readonly pointer: string;
}

/** Properties that one part of a conjunction describes, and its schema for the others. */
export interface Fields {
  readonly named: ReadonlyMap<string, Located>;
  /** Schemas for the properties whose names match a pattern, by the pattern. */
  readonly patterns: ReadonlyMap<string, Located>;
  /** For properties that are neither named nor matched. */
  readonly others?: Located;
}

/** Items that one part of a conjunction describes by place, and its schema for those behind. */
export interface Items {
  readonly placed: readonly Located[];
  readonly others?: Located;
}

/** All that a conjunction of schemas without references and alternatives demands. */
export interface Facts {
  /** Pointer to the first part, for messages. */
  readonly pointer: string;
  readonly types: ReadonlySet<Type>;
  /** Values allowed by enum and const; undefined: any. */
  readonly values: readonly Json[] | undefined;
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
  readonly multiples: readonly { readonly value: number; readonly pointer: string }[];
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly Sourced[];
  readonly formats: readonly Sourced[];
  readonly items: readonly Items[];
  readonly minItems: number;
  readonly maxItems: number;
  readonly fields: readonly Fields[];
  readonly required: readonly string[];
  /** Schemas of the names themselves. */
  readonly names: readonly Located[];
  readonly minProperties: number;
  readonly maxProperties: number;
}

/** The facts of a conjunction's parts; their references and alternatives are followed elsewhere. */
export function factsOf(parts: readonly Located[]): Facts {
  const objects = parts.flatMap(({ schema, pointer }) =>
    typeof schema === "boolean" ? [] : [{ schema, pointer }]
  );
  for (const { schema, pointer } of objects) refuseUnknown(schema, pointer);
  const counts = (name: string) =>
    objects.flatMap(({ schema, pointer }) => numberOf(schema, pointer, name, "count") ?? []);
  const texts = (name: string): Sourced[] =>
    objects.flatMap(({ schema, pointer }) => {
      const text = textOf(schema, pointer, name);
      return text === undefined ? [] : [{ text, pointer: `${pointer}/${name}` }];
    });
  return {
    pointer: parts[0]?.pointer ?? "",
    types: objects.reduce(
      (types, { schema, pointer }) => bothTypes(types, typesOf(schema, pointer)),
      ANY_TYPE,
    ),
    values: valuesOf(objects),
    lower: tightest(objects, "minimum", "exclusiveMinimum", (a, b) => a > b),
    upper: tightest(objects, "maximum", "exclusiveMaximum", (a, b) => a < b),
    multiples: objects.flatMap(({ schema, pointer }) => {
      const value = numberOf(schema, pointer, "multipleOf", "number");
      if (value === undefined) return [];
      const at = `${pointer}/multipleOf`;
      if (!(value > 0)) throw new SchemaError(at, `expected a number above 0, got ${value}`);
      return [{ value, pointer: at }];
    }),
    minLength: Math.max(0, ...counts("minLength")),
    maxLength: Math.min(Infinity, ...counts("maxLength")),
    patterns: texts("pattern"),
    formats: texts("format").map(known),
    items: objects.map(({ schema, pointer }) => itemsOf(schema, pointer)),
    minItems: Math.max(0, ...counts("minItems")),
    maxItems: Math.min(Infinity, ...counts("maxItems")),
    fields: objects.map(({ schema, pointer }) => ({
      named: propertiesOf(schema, pointer, "properties"),
      patterns: propertiesOf(schema, pointer, "patternProperties"),
      ...optional(schema, pointer, "unevaluatedProperties"),
      ...optional(schema, pointer, "additionalProperties"),
    })),
    required: [...new Set(objects.flatMap(({ schema, pointer }) => textsOf(schema, pointer, "required")))],
    names: objects.flatMap(({ schema, pointer }) => optional(schema, pointer, "propertyNames").others ?? []),
    minProperties: Math.max(0, ...counts("minProperties")),
    maxProperties: Math.min(Infinity, ...counts("maxProperties")),
  };
}

/** @throws SchemaError for a format that is not supported, also where no text may come */
function known(format: Sourced): Sourced {
  const { text, pointer } = format;
  if (Object.hasOwn(FORMATS, text) || Object.hasOwn(NUMBER_FORMATS, text)) return format;
  const names = [...Object.keys(FORMATS), ...Object.keys(NUMBER_FORMATS)].join(", ");
  throw new SchemaError(pointer, `the format ${JSON.stringify(text)} is not supported; supported: ${names}`);
}

function optional(schema: JsonObject, pointer: string, name: string): { others?: Located } {
  const value = schema[name];
  return value === undefined ? {} : { others: locate(value, `${pointer}/${name}`) };
}

/** Places are `prefixItems`, or a list in `items` as drafts before 2020-12 have it. */
function itemsOf(schema: JsonObject, pointer: string): Items {
  if (Array.isArray(schema.items)) {
    const placed = schema.items.map((one, i) => locate(one, `${pointer}/items/${i}`));
    return { placed, ...optional(schema, pointer, "additionalItems") };
  }
  return {
    placed: schemasOf(schema, pointer, "prefixItems") ?? [],
    ...optional(schema, pointer, "unevaluatedItems"),
    ...optional(schema, pointer, "items"),
  };
}

/** "integer" is a part of "number". */
const ANY_TYPE: ReadonlySet<Type> = new Set(TYPES.filter((type) => type !== "integer"));

function typesOf(schema: JsonObject, pointer: string): ReadonlySet<Type> {
  const value = schema.type;
  if (value === undefined) return ANY_TYPE;
  const names = Array.isArray(value) ? value : [value];
  const at = `${pointer}/type`;
  if (names.length === 0) throw new SchemaError(at, "expected at least one type");
  for (const name of names) {
    if (!TYPES.includes(name as Type)) {
      const got = typeof name === "string" ? JSON.stringify(name) : describe(name);
      throw new SchemaError(at, `expected one of ${TYPES.join(", ")}, got ${got}`);
    }
  }
  const types = new Set(names as Type[]);
  if (types.has("number")) types.delete("integer");
  return types;
}

function bothTypes(a: ReadonlySet<Type>, b: ReadonlySet<Type>): ReadonlySet<Type> {
  const both = new Set([...a].filter((type) => b.has(type)));
  if ((a.has("integer") && b.has("number")) || (b.has("integer") && a.has("number"))) both.add("integer");
  return both;
}

function valuesOf(objects: readonly { schema: JsonObject; pointer: string }[]): readonly Json[] | undefined {
  let values: Json[] | undefined;
  const narrow = (list: readonly Json[]) => {
    const texts = new Set(list.map(canonical));
    values = values?.filter((value) => texts.has(canonical(value))) ??
      [...new Map(list.map((value) => [canonical(value), value])).values()];
  };
  for (const { schema, pointer } of objects) {
    if (schema.enum !== undefined) {
      if (!Array.isArray(schema.enum)) {
        throw new SchemaError(`${pointer}/enum`, `expected a list, got ${describe(schema.enum)}`);
      }
      narrow(schema.enum);
    }
    if (schema.const !== undefined) narrow([schema.const]);
  }
  return values;
}

/** A text that is equal for equal values: keys are sorted. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => a < b ? -1 : 1);
  return `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(",")}}`;
}

function tightest(
  objects: readonly { schema: JsonObject; pointer: string }[],
  closedName: string,
  openName: string,
  isTighter: (a: number, b: number) => boolean,
): Bound | undefined {
  let best: Bound | undefined;
  const consider = (value: number | undefined, open: boolean) => {
    if (value === undefined) return;
    if (!best || isTighter(value, best.value) || (value === best.value && open)) best = { value, open };
  };
  for (const { schema, pointer } of objects) {
    // Draft 4 has a boolean here, which makes the other bound open.
    const open = schema[openName];
    const closed = numberOf(schema, pointer, closedName, "number");
    if (typeof open === "boolean") consider(closed, open);
    else {
      consider(closed, false);
      consider(numberOf(schema, pointer, openName, "number"), true);
    }
  }
  return best;
}
