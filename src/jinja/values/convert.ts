import { Dict, type Value } from "./values.ts";

/**
 * A value that JSON could hold, as a template sees it: whole numbers are ints, the rest floats. A `Number` object is a
 * float though it is whole, which `1.0` in a text of JSON may be kept as; a bigint is an int of any size.
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
