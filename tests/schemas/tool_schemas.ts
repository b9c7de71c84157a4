/** Shapes of tools' parameters and of configuration files, as people write them. */
import type { Json } from "../../src/constraint/schema/located.ts";

type Fields = Readonly<Record<string, Json>>;

/** An object: names with a mark (`?`) behind them are optional. */
function object(fields: Fields, more: Fields = {}): Json {
  const names = Object.keys(fields);
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name.replace("?", ""), fields[name]])),
    required: names.filter((name) => !name.endsWith("?")),
    additionalProperties: false,
    ...more,
  };
}

const text = (most = 12, more: Fields = {}): Json => ({ type: "string", maxLength: most, ...more });
const int = (minimum: number, maximum: number): Json => ({ type: "integer", minimum, maximum });
const one = (...values: Json[]): Json => ({ type: "string", enum: values });
const list = (items: Json, maxItems = 2): Json => ({ type: "array", items, maxItems });
const maybe = (schema: Json): Json => ({ anyOf: [schema, { type: "null" }] });
const flag: Json = { type: "boolean", default: false };
const date: Json = { type: "string", format: "date" };
const point = object({
  lat: { type: "number", minimum: -90, maximum: 90 },
  lon: { type: "number", minimum: -180, maximum: 180 },
});

export const TOOL_SCHEMAS: readonly Json[] = [
  object({ location: text(), "unit?": one("celsius", "fahrenheit") }),
  object({ query: text(20), "limit?": int(1, 50), "safe?": flag }),
  object({ path: text(20, { pattern: "^/[a-z/]*$" }), content: text(20), "overwrite?": flag }),
  object({ command: one("ls", "cat", "grep"), args: list(text(6), 3), "timeout?": int(1, 600) }),
  object({
    to: list({ type: "string", format: "email" }),
    subject: text(),
    body: text(30),
    "cc?": list(text()),
  }),
  object({
    title: text(),
    start: { type: "string", format: "date-time" },
    "minutes?": int(5, 480),
    "guests?": list(text()),
  }),
  object({
    from: one("EUR", "USD", "CHF"),
    to: one("EUR", "USD", "CHF"),
    amount: { type: "number", exclusiveMinimum: 0, maximum: 1e6 },
  }),
  object({ x: int(0, 1920), y: int(0, 1080), "button?": one("left", "right") }),
  object({ old_str: text(), new_str: text(), file: text(), "all?": flag }),
  object({
    file: text(),
    "range?": { type: "array", prefixItems: [int(1, 999), int(1, 999)], items: false, minItems: 2 },
  }),
  object({ sql: text(30), "params?": list({ type: ["string", "integer", "null"], maxLength: 5 }, 3) }),
  object({
    items: list(object({ sku: text(6, { pattern: "^[A-Z]{3}\\d{3}$" }), quantity: int(1, 9) })),
    "coupon?": maybe(text(5)),
  }),
  object({ city: text(), "near?": point, "radius_km?": { type: "number", minimum: 0, maximum: 50 } }),
  object({
    todos: list(object({ content: text(), status: one("pending", "done"), "priority?": one("low", "high") })),
  }),
  object({ action: { const: "click" }, selector: text(), "modifiers?": list(one("Shift", "Control")) }),
  {
    oneOf: ["open", "close", "wait"].map((action) =>
      object({ action: { const: action }, "ms?": int(0, 99) })
    ),
  },
  { anyOf: [object({ text: text() }), object({ url: { type: "string", format: "uri", maxLength: 30 } })] },
  object({
    reasoning: text(20),
    answer: one("yes", "no", "unsure"),
    confidence: { type: "number", minimum: 0, maximum: 1 },
  }),
  object({ steps: list(object({ explanation: text(), output: text() })), final_answer: text() }),
  object({
    entities: list(object({ name: text(), type: one("person", "place"), "aliases?": list(text(5)) })),
  }),
  object({ sentiment: one("positive", "neutral", "negative"), topics: list(text(8), 3), score: int(-5, 5) }),
  object({
    invoice: text(8, { pattern: "^INV-\\d{4}$" }),
    date,
    total: { type: "number", minimum: 0, maximum: 1e5 },
    "paid?": flag,
  }),
  object({
    name: text(),
    birth: date,
    "address?": object({ street: text(), zip: text(5, { pattern: "^\\d{5}$" }) }),
  }),
  object({
    version: { const: 2 },
    services: { type: "object", additionalProperties: object({ image: text() }), maxProperties: 1 },
  }),
  object({
    name: text(10, { pattern: "^[a-z][a-z0-9-]*$" }),
    version: text(9, { pattern: "^\\d\\.\\d\\.\\d$" }),
    "private?": flag,
  }),
  object({
    scripts: {
      type: "object",
      additionalProperties: text(),
      propertyNames: { pattern: "^[a-z:]{1,8}$" },
      maxProperties: 2,
    },
  }),
  object({
    env: {
      type: "object",
      patternProperties: { "^[A-Z_]{1,8}$": text(6) },
      additionalProperties: false,
      maxProperties: 2,
    },
  }),
  object({
    openapi: one("3.0.0", "3.1.0"),
    info: object({ title: text(), version: text(5) }),
    "tags?": list(text(5)),
  }),
  object({
    id: { type: "string", format: "uuid" },
    "parent?": maybe({ type: "string", format: "uuid" }),
    created: date,
  }),
  object({
    host: {
      anyOf: [{ type: "string", format: "ipv4" }, { type: "string", format: "hostname", maxLength: 20 }],
    },
    port: int(1, 65535),
  }),
  object({
    filters: list(
      object({ field: text(6), op: one("=", "<", ">"), value: { type: ["string", "number"], maxLength: 5 } }),
    ),
  }),
  {
    $ref: "#/$defs/expr",
    $defs: {
      expr: { anyOf: [int(0, 9), object({ op: one("+", "*"), args: list({ $ref: "#/$defs/expr" }) })] },
    },
  },
  {
    ...object({ html: { $ref: "#/$defs/node" } }) as object,
    $defs: { node: object({ tag: one("p", "b"), "children?": list({ $ref: "#/$defs/node" }, 1) }) },
  },
  object({
    labels: list(one("bug", "docs", "ci"), 3),
    "milestone?": maybe(int(1, 9)),
    "assignee?": { type: ["string", "null"], maxLength: 8 },
  }),
  object({
    pattern: text(),
    "glob?": text(),
    "-A?": int(0, 9),
    "-i?": flag,
    "output_mode?": one("content", "files"),
  }),
  object({ cron: text(20, { pattern: "^(\\*|[0-5]?\\d)( (\\*|\\d)){4}$" }), "zone?": text() }),
  object({
    card: text(19, { pattern: "^\\d{4}( \\d{4}){3}$" }),
    expires: text(5, { pattern: "^(0[1-9]|1[0-2])/\\d{2}$" }),
  }),
  object({
    color: {
      anyOf: [text(7, { pattern: "^#[0-9a-f]{6}$" }), {
        type: "array",
        items: int(0, 255),
        minItems: 3,
        maxItems: 3,
      }],
    },
  }),
  object({
    matrix: {
      type: "array",
      items: { type: "array", items: int(0, 9), minItems: 2, maxItems: 2 },
      minItems: 2,
      maxItems: 2,
    },
  }),
  object({
    geometry: {
      oneOf: [
        object({
          type: { const: "Point" },
          coordinates: { type: "array", items: { type: "number" }, minItems: 2, maxItems: 2 },
        }),
        object({ type: { const: "Line" }, coordinates: list(list(int(0, 9))) }),
      ],
    },
  }),
];
