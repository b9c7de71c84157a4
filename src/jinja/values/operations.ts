import { binaryNumbers, type BinaryOperator } from "./numbers.ts";
import { contains, equal, less } from "./compare.ts";
import { escapeText, percent } from "./percent.ts";
import {
  big,
  index,
  isInt,
  isNumber,
  isText,
  plain,
  pointCount,
  points,
  raise,
  refuseUndefined,
  typeName,
} from "./types.ts";
import { Dict, type Evaluation, Markup, PyObject, Tuple, Undefined, type Value } from "./values.ts";

export { equal } from "./compare.ts";

/** Comparisons of a template. */
export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

/** Python's bool(). */
export function truthy(value: Value, ev: Evaluation): boolean {
  if (value === null || value instanceof Undefined) return false;
  if (typeof value !== "object") return Boolean(value) || value !== value;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Markup) return value.text !== "";
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Dict) return value.size > 0;
  if (value.truth) return value.truth(ev);
  return value.length ? value.length(ev) > 0 : true;
}

/** Applies a comparison. @throws TemplateError where Python has no such order. */
export function compare(op: Comparison, a: Value, b: Value, ev: Evaluation): boolean {
  ev.budget.step();
  switch (op) {
    case "==":
      return equal(a, b, ev);
    case "!=":
      return !equal(a, b, ev);
    case "in":
      return contains(b, a, ev);
    case "not in":
      return !contains(b, a, ev);
    default:
      return less(op, a, b, ev);
  }
}

/** Applies an arithmetic operator. @throws TemplateError as Python does. */
export function binary(op: BinaryOperator, a: Value, b: Value, ev: Evaluation): Value {
  ev.budget.step();
  if (isNumber(a) && isNumber(b)) return binaryNumbers(op, a, b, ev);
  if (a instanceof Undefined) refuseUndefined(a);
  if (op === "%" && isText(a)) return percent(a, b, ev);
  if (b instanceof Undefined) refuseUndefined(b);
  if (op === "+") return add(a, b, ev);
  if (op === "*") return multiply(a, b, ev);
  return unsupported(op === "**" ? "** or pow()" : op, a, b);
}

function unsupported(op: string, a: Value, b: Value): never {
  raise("TypeError", `unsupported operand type(s) for ${op}: '${typeName(a)}' and '${typeName(b)}'`);
}

function add(a: Value, b: Value, ev: Evaluation): Value {
  if (isText(a)) {
    if (!isText(b) && a instanceof Markup) unsupported("+", a, b);
    if (!isText(b)) raise("TypeError", `can only concatenate str (not "${typeName(b)}") to str`);
    return concatenate(a, b, ev);
  }
  if (Array.isArray(a)) {
    if (!Array.isArray(b)) raise("TypeError", `can only concatenate list (not "${typeName(b)}") to list`);
    ev.budget.entries(a.length + b.length);
    return [...a, ...b];
  }
  if (a instanceof Tuple) {
    if (!(b instanceof Tuple)) {
      raise("TypeError", `can only concatenate tuple (not "${typeName(b)}") to tuple`);
    }
    ev.budget.entries(a.items.length + b.items.length);
    return new Tuple([...a.items, ...b.items]);
  }
  unsupported("+", a, b);
}

function concatenate(a: string | Markup, b: string | Markup, ev: Evaluation): Value {
  if (typeof a === "string" && typeof b === "string") {
    ev.budget.text(a.length + b.length);
    return a + b;
  }
  const [left, right] = [escapeText(a, ev), escapeText(b, ev)];
  ev.budget.text(left.length + right.length);
  return new Markup(left + right);
}

function multiply(a: Value, b: Value, ev: Evaluation): Value {
  if (isSequence(a)) return repeat(a, b, ev);
  if (isSequence(b)) return repeat(b, a, ev);
  unsupported("*", a, b);
}

function isSequence(value: Value): value is string | Markup | Value[] | Tuple {
  return isText(value) || Array.isArray(value) || value instanceof Tuple;
}

function repeat(sequence: string | Markup | Value[] | Tuple, times: Value, ev: Evaluation): Value {
  if (!isInt(times)) {
    if (sequence instanceof Markup) index(times);
    raise("TypeError", `can't multiply sequence by non-int of type '${typeName(times)}'`);
  }
  if (BigInt.asIntN(64, big(times)) !== big(times)) {
    raise("OverflowError", "cannot fit 'int' into an index-sized integer");
  }
  const count = Math.max(0, index(times));
  if (isText(sequence)) {
    const text = plain(sequence);
    if (text) ev.budget.text(text.length * count);
    const result = text && text.repeat(count);
    return sequence instanceof Markup ? new Markup(result) : result;
  }
  const items = Array.isArray(sequence) ? sequence : sequence.items;
  if (!items.length) return Array.isArray(sequence) ? [] : new Tuple([]);
  ev.budget.entries(items.length * count);
  const result: Value[] = [];
  for (let i = 0; i < count; i++) for (const item of items) result.push(item);
  return Array.isArray(sequence) ? result : new Tuple(result);
}

/** Applies a sign. @throws TemplateError for all but numbers. */
export function unary(op: "-" | "+", value: Value): Value {
  if (value instanceof Undefined) refuseUndefined(value);
  if (isInt(value)) return op === "-" ? -big(value) : big(value);
  if (typeof value === "number") return op === "-" ? -value : value;
  raise("TypeError", `bad operand type for unary ${op}: '${typeName(value)}'`);
}

/** Python's iter(). @throws TemplateError for what is not iterable. */
export function iterate(value: Value, ev: Evaluation): Iterator<Value> {
  if (isText(value)) return plain(value)[Symbol.iterator]();
  if (Array.isArray(value)) return value.values();
  if (value instanceof Tuple) return value.items.values();
  if (value instanceof Dict) return value.keys().values();
  if (value instanceof Undefined) return [].values();
  if (value instanceof PyObject && value.iterate) return value.iterate(ev);
  raise("TypeError", `'${typeName(value)}' object is not iterable`);
}

/** All entries of an iterable, counted. */
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

/** Python's len(). @throws TemplateError for what has none. */
export function lengthOf(value: Value, ev: Evaluation): number {
  if (isText(value)) return pointCount(plain(value));
  if (Array.isArray(value)) return value.length;
  if (value instanceof Tuple) return value.items.length;
  if (value instanceof Dict) return value.size;
  if (value instanceof Undefined) return 0;
  if (value instanceof PyObject && value.length) return value.length(ev);
  raise("TypeError", `object of type '${typeName(value)}' has no len()`);
}

/** `value[start:stop:step]`. @throws TemplateError for what has no slices. */
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

/** First index, end and step of a slice over `length` entries. */
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
