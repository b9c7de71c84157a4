import { getItem } from "../methods/attributes.ts";
import { repr } from "../values/text.ts";
import { isText, plain, raise } from "../values/types.ts";
import { isDigit, lower } from "../values/unicode.ts";
import { type Evaluation, type Keywords, Markup, Undefined, type Value } from "../values/values.ts";

/** A filter: maps a value and its arguments to a new value. */
export type Filter = (value: Value, args: readonly Value[], keywords: Keywords, ev: Evaluation) => Value;

/** Filters by name. */
export type Filters = Readonly<Record<string, Filter>>;

/** Lowercases text; returns any other value unchanged. */
export function ignoreCase(value: Value): Value {
  if (typeof value === "string") return lower(value);
  return value instanceof Markup ? new Markup(lower(value.text)) : value;
}

type Getter = (item: Value) => Value;

/** Returns a lookup of an attribute such as "a.b.0"; `otherwise` replaces each missing part. */
export function attributeGetter(
  attribute: Value,
  ev: Evaluation,
  ignore = false,
  otherwise: Value | undefined = undefined,
): Getter {
  const parts = partsOf(attribute, ev);
  return (item) => {
    let value = item;
    for (const part of parts) {
      value = getItem(value, part, ev);
      if (otherwise !== undefined && otherwise !== null && value instanceof Undefined) value = otherwise;
    }
    return ignore ? ignoreCase(value) : value;
  };
}

function partsOf(attribute: Value, ev: Evaluation): Value[] {
  if (attribute === null) return [];
  if (!isText(attribute)) return [attribute];
  return plain(attribute).split(".").map((part) => {
    if (part === "" || !Array.from(part).every(isDigit)) return part;
    if (!/^\d+$/.test(part)) {
      raise("ValueError", `invalid literal for int() with base 10: ${repr(part, ev)}`);
    }
    return BigInt(part);
  });
}

/** Returns a lookup of several attributes, such as "age,name", as a list. */
export function multiGetter(attribute: Value, ev: Evaluation, ignore: boolean): (item: Value) => Value[] {
  const names = isText(attribute) ? plain(attribute).split(",") : [attribute];
  const getters = names.map((name) => attributeGetter(name, ev, ignore));
  return (item) => getters.map((getter) => getter(item));
}

/** The argument, or `otherwise` if it was not passed. None counts as passed. */
export function or<T extends Value>(value: Value | undefined, otherwise: T): Value | T {
  return value === undefined ? otherwise : value;
}

/** The argument, or null if it is None or was not passed. */
export function given(value: Value | undefined): Value | null {
  return value === undefined ? null : value;
}
