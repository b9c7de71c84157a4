import { index, isText, plain, pointCount, points, raise, refuseUndefined, typeName } from "./types.ts";
import { Dict, type Evaluation, Markup, PyObject, Tuple, Undefined, type Value } from "./values.ts";

/** Python's iter(). @throws TemplateError if the value is not iterable. */
export function iterate(value: Value, ev: Evaluation): Iterator<Value> {
  if (isText(value)) return plain(value)[Symbol.iterator]();
  if (Array.isArray(value)) return value.values();
  if (value instanceof Tuple) return value.items.values();
  if (value instanceof Dict) return value.keys().values();
  if (value instanceof Undefined) return [].values();
  if (value instanceof PyObject && value.iterate) return value.iterate(ev);
  raise("TypeError", `'${typeName(value)}' object is not iterable`);
}

/** All entries of an iterable; they count towards the budget. */
export function listOf(value: Value, ev: Evaluation): Value[] {
  if (Array.isArray(value)) {
    ev.budget.entries(value.length);
    return value.slice();
  }
  const result: Value[] = [];
  const iterator = iterate(value, ev);
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    ev.budget.step();
    result.push(next.value);
    if (result.length % 1024 === 0) ev.budget.entries(result.length);
  }
  return result;
}

/** Python's len(). @throws TemplateError if the value has no length. */
export function lengthOf(value: Value, ev: Evaluation): number {
  if (isText(value)) return pointCount(plain(value));
  if (Array.isArray(value)) return value.length;
  if (value instanceof Tuple) return value.items.length;
  if (value instanceof Dict) return value.size;
  if (value instanceof Undefined) return 0;
  if (value instanceof PyObject && value.length) return value.length(ev);
  raise("TypeError", `object of type '${typeName(value)}' has no len()`);
}

/** `value[start:stop:step]`. @throws TemplateError if the value cannot be sliced. */
export function slice(value: Value, start: Value, stop: Value, step: Value, ev: Evaluation): Value {
  if (value instanceof Undefined) refuseUndefined(value);
  if (value instanceof Dict) raise("TypeError", "unhashable type: 'slice'");
  if (value instanceof PyObject && value.slice) return value.slice(start, stop, step, ev);
  if (!isSequence(value)) raise("TypeError", `'${typeName(value)}' object is not subscriptable`);
  if (isText(value)) {
    const text = plain(value);
    const all = points(text);
    const picked = pick(all, start, stop, step, ev);
    const result = typeof picked === "string" ? picked : picked.join("");
    return value instanceof Markup ? new Markup(result) : result;
  }
  const items = Array.isArray(value) ? value : value.items;
  const picked = pick(items, start, stop, step, ev) as Value[];
  return Array.isArray(value) ? picked : new Tuple(picked);
}

function pick<T>(all: string | readonly T[], start: Value, stop: Value, step: Value, ev: Evaluation) {
  const [from, to, by] = sliceRange(all.length, start, stop, step);
  if (by === 1) {
    ev.budget.step(Math.max(0, to - from) >> 6);
    return all.slice(from, Math.max(from, to)) as string | T[];
  }
  const count = Math.max(0, Math.ceil((to - from) / by));
  ev.budget.step(count);
  const result: T[] = [];
  for (let at = from; by > 0 ? at < to : at > to; at += by) result.push(all[at] as T);
  return typeof all === "string" ? result.join("") : result;
}

/** Start, stop and step of a slice over `length` entries. */
export function sliceRange(
  length: number,
  start: Value,
  stop: Value,
  step: Value,
): [number, number, number] {
  const by = step === null ? 1 : sliceIndex(step);
  if (by === 0) raise("ValueError", "slice step cannot be zero");
  const [low, high] = by > 0 ? [0, length] : [-1, length - 1];
  const bound = (value: Value, missing: number) => {
    if (value === null) return missing;
    const at = sliceIndex(value);
    return at < 0 ? Math.max(low, at + length) : Math.min(high, at);
  };
  return [bound(start, by > 0 ? low : high), bound(stop, by > 0 ? high : low), by];
}

function sliceIndex(value: Value): number {
  if (value instanceof Undefined) {
    raise("TypeError", "slice indices must be integers or None or have an __index__ method");
  }
  return index(value, "slice indices must be integers or None or have an __index__ method");
}

/** True for str, list and tuple, which support `*` and `[a:b]`. */
export function isSequence(value: Value): value is string | Markup | Value[] | Tuple {
  return isText(value) || Array.isArray(value) || value instanceof Tuple;
}
