import { quickJson } from "./json_quick.ts";
import { type JsonObject, type JsonOptions, JsonReader, type JsonValue } from "./json_reader.ts";
import { decodeUtf8 } from "./utf8.ts";

export type { JsonObject, JsonOptions, JsonValue };

/**
 * Parses JSON more strictly than `JSON.parse`: a repeated key, a number outside a double's range (`1e999`,
 * Python's `NaN` and `Infinity`), a lone surrogate, a byte order mark, invalid UTF-8 and too deep nesting are
 * errors. {@linkcode JsonOptions} relax it.
 *
 * @param source UTF-8 bytes, or text
 * @param where name of the file, the prefix of every message
 * @throws DataError that names the file, the field and the character's position
 */
export function parseJson(source: Uint8Array | string, where: string, options: JsonOptions = {}): JsonValue {
  const text = typeof source === "string" ? source : decodeUtf8(source, where);
  return quickJson(text, options) ?? new JsonReader(text, where, options).document();
}

/** True for a JSON object; false for null and arrays. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value's kind, as error messages name it. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A parsed value that JSON.stringify takes: with numbers in place of bigints. */
export function writable(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(writable);
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, it]) => [key, writable(it)]))
    : value;
}
