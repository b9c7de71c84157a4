import { repr } from "./text.ts";
import { big, float, index, isInt, isText, plain, raise, refuseUndefined, typeName } from "./types.ts";
import { decimalValue, isDecimal, stripText } from "./unicode.ts";
import { type Evaluation, Undefined, type Value } from "./values.ts";

/** Replaces decimal digits of any script by ASCII digits, and trims whitespace. */
function ascii(text: string): string {
  const bare = stripText(text, null, true, true);
  if (!/[^ -~]/.test(bare)) return bare;
  return Array.from(bare, (character) => isDecimal(character) ? String(decimalValue(character)) : character)
    .join("");
}

/** Python's int(text, base). @throws TemplateError if the text is not an int. */
export function parseInteger(text: string, baseValue: Value, ev: Evaluation): bigint {
  if (!isInt(baseValue)) {
    raise("TypeError", `'${typeName(baseValue)}' object cannot be interpreted as an integer`);
  }
  const base = index(baseValue);
  if (base !== 0 && (base < 2 || base > 36)) raise("ValueError", "int() base must be >= 2 and <= 36, or 0");
  const wrong = () => raise("ValueError", `invalid literal for int() with base ${base}: ${repr(text, ev)}`);
  const [, sign, unsigned] = /^([-+]?)([^]*)$/.exec(ascii(text))!;
  const marked = /^0([xX]|[oO]|[bB])_?(?=.)/.exec(unsigned);
  const radix = marked ? { x: 16, o: 8, b: 2 }[marked[1].toLowerCase()]! : 10;
  const prefixed = marked !== null && (base === 0 || base === radix);
  const body = prefixed ? unsigned.slice(marked![0].length) : unsigned;
  const used = base !== 0 ? base : prefixed ? radix : 10;
  if (!/^[0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*$/.test(body)) wrong();
  const digits = body.replaceAll("_", "").toLowerCase();
  if (base === 0 && !prefixed && /^0+[1-9]/.test(digits)) wrong();
  if (![...digits].every((digit) => parseInt(digit, 36) < used)) wrong();
  if ((used & (used - 1)) !== 0 && digits.length > 4300) {
    raise("ValueError", "Exceeds the limit (4300 digits) for integer string conversion");
  }
  ev.budget.step(digits.length);
  const value = digitsValue(digits, used);
  return sign === "-" ? -value : value;
}

function digitsValue(digits: string, base: number): bigint {
  const prefix = { 2: "0b", 8: "0o", 10: "", 16: "0x" }[base];
  if (prefix !== undefined) return BigInt(prefix + digits);
  let value = 0n;
  for (const digit of digits) value = value * BigInt(base) + BigInt(parseInt(digit, 36));
  return value;
}

const FLOAT =
  /^[-+]?(?:(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][-+]?\d+(?:_\d+)*)?|inf|infinity|nan)$/i;

/** Python's float(value). @throws TemplateError if the value is not a float. */
export function parseFloating(value: Value, ev: Evaluation): number {
  if (value instanceof Undefined) refuseUndefined(value);
  if (typeof value === "number") return value;
  if (isInt(value)) return float(value);
  if (!isText(value)) {
    raise("TypeError", `float() argument must be a string or a real number, not '${typeName(value)}'`);
  }
  const text = ascii(plain(value));
  if (!FLOAT.test(text)) {
    raise("ValueError", `could not convert string to float: ${repr(plain(value), ev)}`);
  }
  const bare = text.toLowerCase().replaceAll("_", "");
  if (bare.includes("nan")) return NaN;
  if (bare.includes("inf")) return bare.startsWith("-") ? -Infinity : Infinity;
  return Number(bare);
}

/** Python's int(value) for values other than text. @throws TemplateError if there is no conversion. */
export function wholeOf(value: Value): bigint {
  if (value instanceof Undefined) refuseUndefined(value);
  if (isInt(value)) return big(value);
  if (typeof value === "number") return truncated(value);
  const expected = "int() argument must be a string, a bytes-like object or a real number";
  raise("TypeError", `${expected}, not '${typeName(value)}'`);
}

/** Python's int() of a float. @throws TemplateError for infinity and NaN. */
export function truncated(value: number): bigint {
  if (Number.isNaN(value)) raise("ValueError", "cannot convert float NaN to integer");
  if (!Number.isFinite(value)) raise("OverflowError", "cannot convert float infinity to integer");
  return BigInt(Math.trunc(value));
}
