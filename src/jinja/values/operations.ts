import { contains, equal, less } from "./compare.ts";
import { escapeText } from "./html.ts";
import { binaryNumbers, type BinaryOperator } from "./numbers.ts";
import { percent } from "./percent.ts";
import { isSequence } from "./sequences.ts";
import { big, index, isInt, isNumber, isText, plain, raise, refuseUndefined, typeName } from "./types.ts";
import { Dict, type Evaluation, Markup, Tuple, Undefined, type Value } from "./values.ts";

/** Comparison operators. */
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

/** Applies a comparison. @throws TemplateError if Python cannot compare the operands. */
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

/** Applies an arithmetic operator. @throws TemplateError if Python raises. */
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

/** Applies a sign. @throws TemplateError if the value is not a number. */
export function unary(op: "-" | "+", value: Value): Value {
  if (value instanceof Undefined) refuseUndefined(value);
  if (isInt(value)) return op === "-" ? -big(value) : big(value);
  if (typeof value === "number") return op === "-" ? -value : value;
  raise("TypeError", `bad operand type for unary ${op}: '${typeName(value)}'`);
}
