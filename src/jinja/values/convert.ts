import { Dict, type Value } from "./values.ts";

/**
 * Converts a JSON value to a template value: whole numbers become ints, other numbers floats. A `Number` object becomes
 * a float even if it is whole (for JSON's `1.0`); a bigint becomes an int of any size.
 */
export function toValue(json: unknown): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === "string" || typeof json === "boolean" || typeof json === "bigint") return json;
  if (typeof json === "number") return Number.isInteger(json) && !Object.is(json, -0) ? BigInt(json) : json;
  if (json instanceof Number) return json.valueOf();
  if (Array.isArray(json)) return json.map(toValue);
  const dict = new Dict();
  for (const [key, value] of Object.entries(json)) if (value !== undefined) dict.set(key, toValue(value));
  return dict;
}
