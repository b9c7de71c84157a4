import { iterate } from "./sequences.ts";
import { isNumber, isText, plain, raise, refuseUndefined, typeName } from "./types.ts";
import { Dict, type Evaluation, PyObject, Tuple, Undefined, type Value } from "./values.ts";

type Order = "<" | "<=" | ">" | ">=";

/** Python's ==. With a budget, long lists count as steps. */
export function equal(a: Value, b: Value, ev?: Evaluation): boolean {
  if (isNumber(a) && isNumber(b)) {
    const [left, right] = [typeof a === "boolean" ? Number(a) : a, typeof b === "boolean" ? Number(b) : b];
    // deno-lint-ignore eqeqeq -- only `==` compares a bigint and a number exactly.
    return left == right;
  }
  if (isText(a) && isText(b)) return plain(a) === plain(b);
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return equalItems(a, b, ev);
  if (a instanceof Tuple && b instanceof Tuple) return equalItems(a.items, b.items, ev);
  if (a instanceof Dict && b instanceof Dict) return equalDicts(a, b, ev);
  if (a instanceof Undefined && b instanceof Undefined) return true;
  if (a instanceof PyObject && a.equals) return a.equals(b);
  if (b instanceof PyObject && b.equals) return b.equals(a);
  return false;
}

function equalItems(a: readonly Value[], b: readonly Value[], ev?: Evaluation): boolean {
  if (a.length !== b.length) return false;
  ev?.budget.step(a.length);
  const all = () => a.every((item, i) => equal(item, b[i], ev));
  return ev ? ev.budget.deeper(all) : all();
}

function equalDicts(a: Dict, b: Dict, ev?: Evaluation): boolean {
  if (a.size !== b.size) return false;
  ev?.budget.step(a.size);
  const all = () =>
    [...a.entries()].every(([key, value]) => {
      const other = b.get(key);
      return other !== undefined && equal(value, other, ev);
    });
  return ev ? ev.budget.deeper(all) : all();
}

/** One of Python's four order comparisons. @throws TemplateError if the operands cannot be compared. */
export function less(op: Order, a: Value, b: Value, ev: Evaluation): boolean {
  if (isNumber(a) && isNumber(b)) return holds(op, a, b);
  if (isText(a) && isText(b)) return holds(op, comparePoints(plain(a), plain(b)), 0);
  if (Array.isArray(a) && Array.isArray(b)) return lessItems(op, a, b, ev);
  if (a instanceof Tuple && b instanceof Tuple) return lessItems(op, a.items, b.items, ev);
  if (a instanceof Undefined) refuseUndefined(a);
  if (b instanceof Undefined) refuseUndefined(b);
  const within = op === "<" || op === "<=" ? subset(a, b, op === "<", ev) : subset(b, a, op === ">", ev);
  if (within !== undefined) return within;
  raise(
    "TypeError",
    `'${op}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
  );
}

/** The order of the results of keys() and items(): set inclusion. */
function subset(a: Value, b: Value, proper: boolean, ev: Evaluation): boolean | undefined {
  if (!(a instanceof PyObject) || !(b instanceof PyObject)) return undefined;
  const within = a.within?.(b, ev);
  return within && proper ? a.length!(ev) < b.length!(ev) : within;
}

function holds(op: Order, a: boolean | bigint | number, b: boolean | bigint | number): boolean {
  switch (op) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
  }
}

/** Compares by code point: negative, 0 or positive, as in Array.sort(). */
export function comparePoints(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) {
    const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

// A surrogate pair is a code point above the Basic Multilingual Plane.
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function lessItems(op: Order, a: readonly Value[], b: readonly Value[], ev: Evaluation): boolean {
  return ev.budget.deeper(() => {
    const end = Math.min(a.length, b.length);
    for (let i = 0; i < end; i++) {
      ev.budget.step();
      if (!equal(a[i], b[i], ev)) return less(op, a[i], b[i], ev);
    }
    return holds(op, a.length, b.length);
  });
}

/** `item in container`. @throws TemplateError if the value is not a container. */
export function contains(container: Value, item: Value, ev: Evaluation): boolean {
  if (isText(container)) {
    if (isText(item)) return plain(container).includes(plain(item));
    raise("TypeError", `'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  if (container instanceof Dict) return container.has(item);
  if (container instanceof PyObject && container.contains) return container.contains(item, ev);
  if (container instanceof PyObject ? !container.iterate : container === null || isNumber(container)) {
    raise("TypeError", `argument of type '${typeName(container)}' is not iterable`);
  }
  const iterator = iterate(container, ev);
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    ev.budget.step();
    if (equal(next.value, item, ev)) return true;
  }
  return false;
}
