import { formatFloat, formatPlain, special } from "../values/float_text.ts";
import { reprInt, str } from "../values/text.ts";
import {
  big,
  float,
  isNumber,
  isText,
  plain,
  pointCount,
  pointSlice,
  raise,
  typeName,
} from "../values/types.ts";
import type { Evaluation, Value } from "../values/values.ts";

/** A format specification, such as `>+8,.2f`. */
interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly noNegativeZero: boolean;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | undefined;
  readonly type: string;
}

const SPEC = /^(?:([^])?([<>=^]))?([-+ ]?)(z?)(#?)(0?)(\d*)([,_]?)([,_]?)(?:\.(\d*))?([^]*)$/u;
const BOTH = "Cannot specify both ',' and '_'.";
const LARGEST = 2 ** 31;

function parseSpec(text: string, value: Value): Spec {
  const [, fill, align, sign, z, alternate, zero, width, grouping, second, precision, type] = SPEC.exec(
    text,
  )!;
  if (precision === "") raise("ValueError", "Format specifier missing precision");
  if (grouping && second) {
    raise("ValueError", grouping === second ? `Cannot specify '${grouping}' with '${second}'.` : BOTH);
  }
  if (Number(width) > LARGEST || Number(precision ?? 0) > LARGEST) {
    raise("ValueError", "Too many decimal digits in format string");
  }
  if (pointCount(type) > 1) {
    raise("ValueError", `Invalid format specifier '${text}' for object of type '${typeName(value)}'`);
  }
  return {
    fill: fill ?? (zero ? "0" : " "),
    align: align ?? (zero && !isText(value) ? "=" : ""),
    sign,
    noNegativeZero: z !== "",
    alternate: alternate !== "",
    zero: zero !== "",
    width: Number(width),
    grouping,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

/** Python's format(value, spec). @throws TemplateError if Python raises. */
export function formatValue(value: Value, text: string, ev: Evaluation): string {
  if (text === "") return str(value, ev);
  if (!isText(value) && !isNumber(value)) {
    raise("TypeError", `unsupported format string passed to ${typeName(value)}.__format__`);
  }
  const spec = parseSpec(text, value);
  ev.budget.text(spec.width);
  ev.budget.text((spec.precision ?? 0) * 8);
  if (isText(value)) return formatText(plain(value), spec);
  if (typeof value === "number" || "eEfFgG%".includes(spec.type) && spec.type) {
    return formatReal(float(value), spec);
  }
  return formatInteger(big(value), spec, typeName(value));
}

function unknown(type: string, name: string): never {
  raise("ValueError", `Unknown format code '${type}' for object of type '${name}'`);
}

function formatText(text: string, spec: Spec): string {
  if (spec.type && spec.type !== "s") unknown(spec.type, "str");
  if (spec.sign) {
    const sign = spec.sign === " " ? "Space" : "Sign";
    raise("ValueError", `${sign} not allowed in string format specifier`);
  }
  if (spec.noNegativeZero) {
    raise("ValueError", "Negative zero coercion (z) not allowed in string format specifier");
  }
  if (spec.alternate) raise("ValueError", "Alternate form (#) not allowed in string format specifier");
  if (spec.align === "=") raise("ValueError", "'=' alignment not allowed in string format specifier");
  if (spec.grouping) raise("ValueError", `Cannot specify '${spec.grouping}' with 's'.`);
  const cut = spec.precision === undefined ? text : pointSlice(text, 0, spec.precision);
  return align("", cut, spec, "<");
}

function formatInteger(value: bigint, spec: Spec, name: string): string {
  const { type, grouping } = spec;
  if (type && !"bcdnoxX".includes(type)) unknown(type, name);
  if (spec.precision !== undefined) raise("ValueError", "Precision not allowed in integer format specifier");
  if (spec.noNegativeZero) {
    raise("ValueError", "Negative zero coercion (z) not allowed in format specifier with integer");
  }
  if (type === "c") return formatCharacter(value, spec);
  if (grouping === "," && "boxX".includes(type) && type || grouping && type === "n") {
    raise("ValueError", `Cannot specify '${grouping}' with '${type}'.`);
  }
  const size = value < 0n ? -value : value;
  const radix = { b: 2, o: 8, x: 16, X: 16 }[type];
  const digits = radix === undefined ? reprInt(size) : size.toString(radix);
  const prefix = spec.alternate && radix ? "0" + type : "";
  const shown = type === "X" ? digits.toUpperCase() : digits;
  return number(value < 0n, prefix, shown, spec, radix === undefined ? 3 : 4);
}

function formatCharacter(value: bigint, spec: Spec): string {
  if (spec.sign) raise("ValueError", "Sign not allowed with integer format specifier 'c'");
  if (spec.alternate) raise("ValueError", "Alternate form (#) not allowed with integer format specifier 'c'");
  if (spec.grouping) raise("ValueError", `Cannot specify '${spec.grouping}' with 'c'.`);
  if (value < 0n || value > 0x10ffffn) raise("OverflowError", "%c arg not in range(0x110000)");
  return align("", String.fromCodePoint(Number(value)), spec, ">");
}

function formatReal(value: number, spec: Spec): string {
  const { type, grouping } = spec;
  if (type && !"eEfFgGn%".includes(type)) unknown(type, "float");
  if (grouping && type === "n") raise("ValueError", `Cannot specify '${grouping}' with 'n'.`);
  const text = realDigits(Math.abs(value), spec);
  const zero = /^[0.]*(?:[eE%].*)?$/.test(text);
  const negative = (value < 0 || Object.is(value, -0)) && !(spec.noNegativeZero && zero);
  return number(negative, "", text, spec, 3);
}

function realDigits(value: number, { type, precision, alternate }: Spec): string {
  if (type === "") return formatPlain(value, precision, alternate);
  const small = type.toLowerCase();
  const text = type === "%"
    ? (Number.isFinite(value) ? formatFloat(value * 100, "f", precision ?? 6, alternate) : special(value)) +
      "%"
    : formatFloat(value, small === "n" ? "g" : small, precision ?? 6, alternate);
  return small === type ? text : text.toUpperCase();
}

/** Formats a number with sign, prefix, digit grouping and padding. */
function number(negative: boolean, prefix: string, digits: string, spec: Spec, group: number): string {
  const sign = negative ? "-" : spec.sign === "-" ? "" : spec.sign;
  const integral = splitWhole(digits, group);
  const head = sign + prefix;
  if (!spec.grouping || !integral[0]) return align(head, digits, spec, ">");
  const least = spec.fill === "0" && spec.align === "=" ? spec.width - head.length - integral[1].length : 0;
  return align(head, groups(integral[0], spec.grouping, group, least) + integral[1], spec, ">");
}

function splitWhole(digits: string, group: number): [string, string] {
  const whole = (group === 4 ? /^[0-9a-fA-F]*/ : /^\d*/).exec(digits)![0];
  return [whole, digits.slice(whole.length)];
}

function groups(digits: string, mark: string, size: number, least: number): string {
  let padded = digits;
  const grouped = () => {
    const parts: string[] = [];
    for (let end = padded.length; end > 0; end -= size) {
      parts.unshift(padded.slice(Math.max(0, end - size), end));
    }
    return parts.join(mark);
  };
  const short = least - grouped().length;
  if (short <= 0) return grouped();
  // Zero padding is grouped too: its separators count towards the width.
  padded = padded.padStart(Math.max(padded.length, least - Math.floor(least / (size + 1))), "0");
  while (grouped().length < least) padded = "0" + padded;
  return grouped();
}

function align(head: string, body: string, spec: Spec, usual: string): string {
  const missing = Math.max(0, spec.width - pointCount(head) - pointCount(body));
  const fill = (count: number) => spec.fill.repeat(count);
  switch (spec.align || usual) {
    case "<":
      return head + body + fill(missing);
    case "=":
      return head + fill(missing) + body;
    case "^":
      return fill(missing >> 1) + head + body + fill(missing - (missing >> 1));
    default:
      return fill(missing) + head + body;
  }
}
