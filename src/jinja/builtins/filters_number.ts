import { bind } from "../values/binding.ts";
import { type Filter, type Filters, or } from "./filter_support.ts";
import { fixed } from "../values/float_text.ts";
import { binary, truthy } from "../values/operations.ts";
import { parseFloating, parseInteger, wholeOf } from "../values/parse_number.ts";
import { roundFloat, roundInt } from "./rounding.ts";
import {
  big,
  catching,
  float,
  index,
  isInt,
  isNumber,
  isText,
  plain,
  raise,
  refuseUndefined,
  typeName,
} from "../values/types.ts";
import { type Evaluation, Undefined, type Value } from "../values/values.ts";

/** Quotient and remainder of `count` and an argument. @throws TemplateError if that is not an int, or 0. */
export function integerDivide(count: number, by: Value): [number, number] {
  if (by instanceof Undefined) refuseUndefined(by);
  if (!isNumber(by)) {
    raise("TypeError", `unsupported operand type(s) for //: 'int' and '${typeName(by)}'`);
  }
  if (Number(by) === 0) {
    raise(
      "ZeroDivisionError",
      isInt(by) ? "integer division or modulo by zero" : "float floor division by zero",
    );
  }
  const size = index(by);
  return [Math.floor(count / size), count - Math.floor(count / size) * size];
}

const abs: Filter = (value, args, keywords) => {
  bind("abs", "/ x", [value, ...args], keywords);
  if (isInt(value)) return big(value) < 0n ? -big(value) : big(value);
  if (typeof value === "number") return Math.abs(value);
  raise("TypeError", `bad operand type for abs(): '${typeName(value)}'`);
};

const toInt: Filter = (value, args, keywords, ev) => {
  const [, otherwise, base] = bind("do_int", "value default? base?", [value, ...args], keywords);
  const strict = () => isText(value) ? parseInteger(plain(value), or(base, 10n), ev) : wholeOf(value);
  const missing = otherwise === undefined ? 0n : otherwise;
  return catching<Value>(["TypeError", "ValueError"], strict, () =>
    catching<Value>(
      ["TypeError", "ValueError", "OverflowError"],
      () => wholeOf(parseFloating(value, ev)),
      () => missing,
    ));
};

const toFloat: Filter = (value, args, keywords, ev) => {
  const [, otherwise] = bind("do_float", "value default?", [value, ...args], keywords);
  const missing = otherwise === undefined ? 0 : otherwise;
  return catching<Value>(["TypeError", "ValueError"], () => parseFloating(value, ev), () => missing);
};

const round: Filter = (value, args, keywords, ev) => {
  const [, precision, method] = bind("do_round", "value precision? method?", [value, ...args], keywords);
  const way = method === undefined ? "common" : isText(method) ? plain(method) : "";
  if (!["common", "ceil", "floor"].includes(way)) {
    raise("FilterArgumentError", "method must be common, ceil or floor");
  }
  const digits = precision === undefined ? 0n : precision;
  if (way === "common") return roundCommon(value, digits, ev);
  const scale = binary("**", 10n, digits, ev);
  const scaled = binary("*", value, scale, ev);
  if (!isNumber(scaled)) raise("TypeError", `must be real number, not ${typeName(scaled)}`);
  const whole = isInt(scaled)
    ? big(scaled)
    : wholeOf(way === "ceil" ? Math.ceil(scaled) : Math.floor(scaled));
  return binary("/", whole, scale, ev);
};

function roundCommon(value: Value, precision: Value, ev: Evaluation): Value {
  if (!isNumber(value)) {
    raise("TypeError", `type ${typeName(value)} doesn't define __round__ method`);
  }
  if (precision === null) return isInt(value) ? big(value) : wholeOf(roundFloat(value, 0));
  if (!isInt(precision)) {
    raise("TypeError", `'${typeName(precision)}' object cannot be interpreted as an integer`);
  }
  return isInt(value) ? roundInt(big(value), index(precision), ev) : roundFloat(value, index(precision));
}

const UNITS = ["k", "M", "G", "T", "P", "E", "Z", "Y"];

const filesizeformat: Filter = (value, args, keywords, ev) => {
  const [, binaryUnits] = bind("do_filesizeformat", "value binary?", [value, ...args], keywords);
  const bytes = parseFloating(value, ev);
  const bin = binaryUnits !== undefined && truthy(binaryUnits, ev);
  const base = bin ? 1024 : 1000;
  if (bytes === 1) return "1 Byte";
  if (bytes < base) return `${wholeOf(bytes)} Bytes`;
  for (const [i, letter] of UNITS.entries()) {
    const unit = float(BigInt(base) ** BigInt(i + 2));
    if (bytes < unit || i === UNITS.length - 1) {
      const size = base * bytes / unit;
      const text = Number.isFinite(size) ? fixed(size, 1) : Number.isNaN(size) ? "nan" : "inf";
      return `${text} ${bin ? letter.toUpperCase() + "iB" : letter + "B"}`;
    }
  }
  return "";
};

/** Filters for numbers. */
export const NUMBER_FILTERS: Filters = { abs, int: toInt, float: toFloat, round, filesizeformat };
