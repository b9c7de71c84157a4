import { bind } from "../values/binding.ts";
import { equal } from "../values/compare.ts";
import { FILTERS } from "./filters.ts";
import { binary, compare, type Comparison } from "../values/operations.ts";
import { iterate } from "../values/sequences.ts";
import { isLowerText, isUpperText } from "../methods/str_kinds.ts";
import { str } from "../values/text.ts";
import { catching, isInt, isNumber, isText, plain } from "../values/types.ts";
import {
  Dict,
  type Evaluation,
  hashKey,
  type Keywords,
  Markup,
  PyObject,
  TemplateError,
  Tuple,
  Undefined,
  type Value,
} from "../values/values.ts";

/** A Jinja test: a predicate on a value and arguments. */
export type Test = (value: Value, args: readonly Value[], keywords: Keywords, ev: Evaluation) => boolean;

function plainTest(name: string, test: (value: Value, ev: Evaluation) => boolean): Test {
  return (value, args, keywords, ev) => {
    bind(name, "value", [value, ...args], keywords);
    return test(value, ev);
  };
}

function argumentTest(
  name: string,
  parameter: string,
  test: (value: Value, other: Value, ev: Evaluation) => boolean,
): Test {
  return (value, args, keywords, ev) => {
    const [, other] = bind(name, `value ${parameter}`, [value, ...args], keywords);
    return test(value, other!, ev);
  };
}

function comparison(name: string, op: Comparison): Test {
  return (value, args, keywords, ev) => {
    const [, other] = bind(name, "/ a b", [value, ...args], keywords);
    return compare(op, value, other!, ev);
  };
}

function remainder(value: Value, by: Value, rest: Value, ev: Evaluation): boolean {
  return equal(binary("%", value, by, ev), rest);
}

function isSequence(value: Value): boolean {
  if (value instanceof PyObject) return value.length !== undefined && value.item !== undefined;
  return isText(value) || Array.isArray(value) || value instanceof Tuple || value instanceof Dict ||
    value instanceof Undefined;
}

function isIterable(value: Value, ev: Evaluation): boolean {
  if (value instanceof PyObject) return value.iterate !== undefined;
  return catching(["TypeError"], () => (iterate(value, ev), true), () => false);
}

function isCallable(value: Value): boolean {
  return value instanceof Undefined || value instanceof PyObject && value.call !== undefined;
}

/** Python's `is`. @throws TemplateError for equal values whose identity in Python is not known here. */
function isSame(value: Value, other: Value): boolean {
  if (value !== other && !Object.is(value, other)) return false;
  const isKept = typeof value === "string" ? value.length < 2 && value < "\u0100" : isSmall(value);
  if (!isKept) {
    throw new TemplateError("sameas: expected objects, got two equal values whose identity is unknown");
  }
  return true;
}

/** False for floats and for ints outside Python's cache of small ints. */
function isSmall(value: Value): boolean {
  return typeof value === "bigint" ? value >= -5n && value <= 256n : typeof value !== "number";
}

function isIn(names: ReadonlyMap<string, unknown>, value: Value): boolean {
  hashKey(value);
  return isText(value) && names.has(plain(value));
}

const COMPARISONS: Readonly<Record<string, [string, Comparison]>> = {
  "==": ["eq", "=="],
  eq: ["eq", "=="],
  equalto: ["eq", "=="],
  "!=": ["ne", "!="],
  ne: ["ne", "!="],
  ">": ["gt", ">"],
  gt: ["gt", ">"],
  greaterthan: ["gt", ">"],
  ge: ["ge", ">="],
  ">=": ["ge", ">="],
  "<": ["lt", "<"],
  lt: ["lt", "<"],
  lessthan: ["lt", "<"],
  "<=": ["le", "<="],
  le: ["le", "<="],
};

const PLAIN: Readonly<Record<string, (value: Value, ev: Evaluation) => boolean>> = {
  odd: (value, ev) => remainder(value, 2n, 1n, ev),
  even: (value, ev) => remainder(value, 2n, 0n, ev),
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  filter: (value) => isIn(FILTERS, value),
  test: (value) => isIn(TESTS, value),
  none: (value) => value === null,
  boolean: (value) => typeof value === "boolean",
  false: (value) => value === false,
  true: (value) => value === true,
  integer: (value) => isInt(value) && typeof value !== "boolean",
  float: (value) => typeof value === "number",
  lower: (value, ev) => isLowerText(str(value, ev)),
  upper: (value, ev) => isUpperText(str(value, ev)),
  string: (value) => isText(value),
  mapping: (value) => value instanceof Dict,
  number: (value) => isNumber(value),
  sequence: isSequence,
  iterable: isIterable,
  escaped: (value) => value instanceof Markup,
};

/** All Jinja2 tests by name. */
export const TESTS: ReadonlyMap<string, Test> = new Map<string, Test>([
  ...Object.entries(PLAIN).map(([name, test]) => [name, plainTest(`test_${name}`, test)] as const),
  ...Object.entries(COMPARISONS).map(([name, [call, op]]) => [name, comparison(call, op)] as const),
  ["divisibleby", argumentTest("test_divisibleby", "num", (value, by, ev) => remainder(value, by, 0n, ev))],
  ["sameas", argumentTest("test_sameas", "other", isSame)],
  ["in", argumentTest("test_in", "seq", (value, seq, ev) => compare("in", value, seq, ev))],
  ["callable", (value, args, keywords) => {
    bind("callable", "/ obj", [value, ...args], keywords);
    return isCallable(value);
  }],
]);
