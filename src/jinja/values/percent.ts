import { formatFloat } from "./float_text.ts";
import { escapeHtml, escapeText } from "./html.ts";
import { parseFloating, parseInteger, truncated, wholeOf } from "./parse_number.ts";
import { ascii, repr, reprInt, str } from "./text.ts";
import {
  big,
  float,
  isInt,
  isNumber,
  isText,
  plain,
  pointCount,
  pointSlice,
  raise,
  refuseUndefined,
  typeName,
} from "./types.ts";
import { Dict, type Evaluation, Markup, PyObject, Tuple, Undefined, type Value } from "./values.ts";

/** A conversion specifier, such as `%-5.2f`. */
interface Conversion {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

/** Python's `format % value`. @throws TemplateError if Python raises. */
export function percent(format: string | Markup, value: Value, ev: Evaluation): string | Markup {
  const safe = format instanceof Markup;
  const result = new Percent(plain(format), value, safe, ev).run();
  return safe ? new Markup(result) : result;
}

const CONVERSION =
  /%(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?([^])?/gu;

class Percent {
  #next = 0;
  readonly #items: readonly Value[];
  readonly #mapping: Value | undefined;

  constructor(
    readonly format: string,
    readonly value: Value,
    readonly safe: boolean,
    readonly ev: Evaluation,
  ) {
    this.#items = value instanceof Tuple ? value.items : [value];
    this.#mapping = isMapping(value) ? value : undefined;
  }

  run(): string {
    let size = 0;
    const result = this.format.replace(CONVERSION, (all, key, flags, width, precision, type, at) => {
      const text = this.#convert(all, key, flags, width, precision, type, at);
      this.ev.budget.text(size += text.length);
      return text;
    });
    if (this.#mapping === undefined && this.#next < this.#items.length) {
      raise("TypeError", "not all arguments converted during string formatting");
    }
    return result;
  }

  #convert(
    all: string,
    key: string | undefined,
    flags: string,
    width: string | undefined,
    precision: string | undefined,
    type: string | undefined,
    at: number,
  ): string {
    const named = key === undefined ? undefined : this.#named(key.slice(1, -1));
    const [size, left] = this.#size(width);
    const digits = precision === undefined ? undefined : this.#digits(precision);
    if (type === undefined) raise("ValueError", "incomplete format");
    if (type === "(") raise("ValueError", "incomplete format key");
    if (all === "%%") return "%";
    this.ev.budget.text(size);
    this.ev.budget.text((digits ?? 0) * 8);
    const argument = named === undefined ? this.#take() : named;
    if (!"sradiuoxXeEfFgGc".includes(type)) {
      const code = type.codePointAt(0)!.toString(16);
      const place = pointCount(this.format.slice(0, at)) + pointCount(all) - 1;
      raise("ValueError", `unsupported format character '${type}' (0x${code}) at index ${place}`);
    }
    return this.#text(argument, { flags: left ? flags + "-" : flags, width: size, precision: digits, type });
  }

  #named(key: string): Value {
    if (this.#mapping === undefined) raise("TypeError", "format requires a mapping");
    return itemOf(this.#mapping, key, this.ev);
  }

  #take(): Value {
    if (this.#next >= this.#items.length) raise("TypeError", "not enough arguments for format string");
    return this.#items[this.#next++];
  }

  #size(width: string | undefined): [number, boolean] {
    if (width !== "*") return [Number(width ?? 0), false];
    const value = this.#star();
    return [Math.abs(value), value < 0];
  }

  #digits(precision: string): number {
    return precision === "*" ? Math.max(0, this.#star()) : Number(precision || 0);
  }

  #star(): number {
    const value = this.#take();
    // Markup wraps each argument in an object that is not an int.
    if (!isInt(value) || this.safe) raise("TypeError", "* wants int");
    return Number(value);
  }

  #text(value: Value, conversion: Conversion): string {
    const { type, precision } = conversion;
    if ("sra".includes(type)) {
      const text = this.#words(value, type);
      return pad(precision === undefined ? text : pointSlice(text, 0, precision), conversion);
    }
    const argument = this.safe ? unwrapped(value, type, this.ev) : value;
    if (type === "c") return pad(character(argument), conversion);
    if ("diuoxX".includes(type)) return padNumber(integer(argument, conversion), conversion);
    return padNumber(floating(argument, conversion), conversion);
  }

  #words(value: Value, type: string): string {
    if (!this.safe) return type === "s" ? str(value, this.ev) : TEXTS[type](value, this.ev);
    return type === "s" ? escapeText(value, this.ev) : escapeHtml(TEXTS[type](value, this.ev), this.ev);
  }
}

const TEXTS: Readonly<Record<string, (value: Value, ev: Evaluation) => string>> = { r: repr, a: ascii };

/** The number inside Markup's wrapper of an argument: the wrapper supports int() and float(), but not __index__(). */
function unwrapped(value: Value, type: string, ev: Evaluation): Value {
  if (type === "c") raise("TypeError", "%c requires int or char");
  if ("oxX".includes(type)) {
    raise("TypeError", `%${type} format: an integer is required, not _MarkupEscapeHelper`);
  }
  if (!"diu".includes(type)) return parseFloating(value, ev);
  return isText(value) ? parseInteger(plain(value), 10n, ev) : wholeOf(value);
}

function isMapping(value: Value): boolean {
  return Array.isArray(value) || value instanceof Dict || value instanceof Undefined ||
    value instanceof PyObject && value.item !== undefined;
}

function itemOf(mapping: Value, key: string, ev: Evaluation): Value {
  if (mapping instanceof Undefined) refuseUndefined(mapping);
  if (mapping instanceof Dict) {
    const value = mapping.get(key);
    if (value === undefined) raise("KeyError", repr(key, ev));
    return value;
  }
  raise("TypeError", `${typeName(mapping)} indices must be integers or slices, not str`);
}

function character(value: Value): string {
  if (isInt(value)) {
    const point = Number(value);
    if (point < 0 || point > 0x10ffff) raise("OverflowError", "%c arg not in range(0x110000)");
    return String.fromCodePoint(point);
  }
  if (isText(value) && pointCount(plain(value)) === 1) return plain(value);
  raise("TypeError", "%c requires int or char");
}

function integer(value: Value, { type, precision, flags }: Conversion): string {
  const number = whole(value, type);
  const digits = magnitude(number < 0n ? -number : number, type);
  const prefix = flags.includes("#") && "oxX".includes(type) ? "0" + type : "";
  const padded = precision === undefined ? digits : digits.padStart(precision, "0");
  return (number < 0n ? "-" : "") + prefix + padded;
}

function whole(value: Value, type: string): bigint {
  if (value instanceof Undefined) refuseUndefined(value);
  if (isInt(value)) return big(value);
  const real = "diu".includes(type);
  if (typeof value === "number" && real) return truncated(value);
  const expected = real ? "a real number" : "an integer";
  raise("TypeError", `%${type} format: ${expected} is required, not ${typeName(value)}`);
}

function magnitude(value: bigint, type: string): string {
  if (type === "o") return value.toString(8);
  if (type === "x") return value.toString(16);
  return type === "X" ? value.toString(16).toUpperCase() : reprInt(value);
}

function floating(value: Value, { type, precision = 6, flags }: Conversion): string {
  if (value instanceof Undefined) refuseUndefined(value);
  if (!isNumber(value)) raise("TypeError", `must be real number, not ${typeName(value)}`);
  const number = float(value);
  const negative = number < 0 || Object.is(number, -0);
  const text = formatFloat(Math.abs(number), type.toLowerCase(), precision, flags.includes("#"));
  return (negative ? "-" : "") + (type === type.toUpperCase() ? text.toUpperCase() : text);
}

function pad(text: string, { flags, width }: Conversion): string {
  const missing = Math.max(0, width - pointCount(text));
  return flags.includes("-") ? text + " ".repeat(missing) : " ".repeat(missing) + text;
}

function padNumber(text: string, conversion: Conversion): string {
  const { flags, width } = conversion;
  const plus = flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const signed = text.startsWith("-") ? text : plus + text;
  if (!flags.includes("0") || flags.includes("-")) return pad(signed, conversion);
  const head = /^[-+ ]?(?:0[xXo])?/.exec(signed)![0];
  const start = flags.includes("#") && "oxX".includes(conversion.type) ? head : head.replace(/0[xXo]?$/, "");
  return start + signed.slice(start.length).padStart(width - start.length, "0");
}
