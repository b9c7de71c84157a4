import { reprFloat } from "./float_text.ts";
import { raise } from "./types.ts";
import { isPrintable } from "./unicode.ts";
import { Dict, type Evaluation, Markup, PyObject, type Tuple, Undefined, type Value } from "./values.ts";

/** Maximum number of digits of an int that Python prints. */
const MOST_DIGITS = 4300;

/** Python's str(). */
export function str(value: Value, ev: Evaluation): string {
  if (typeof value === "string") return value;
  if (value instanceof Markup) return value.text;
  if (value instanceof Undefined) return "";
  return repr(value, ev);
}

/** Python's repr(). */
export function repr(value: Value, ev: Evaluation): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return reprInt(value);
  if (typeof value === "number") return reprFloat(value);
  if (typeof value === "string") return quote(value, ev);
  if (value instanceof Markup) return `Markup(${quote(value.text, ev)})`;
  if (value instanceof Undefined) return "Undefined";
  if (value instanceof PyObject) return ev.budget.deeper(() => value.text(ev));
  return ev.budget.deeper(() => container(value, ev));
}

/** The digits of an int. @throws TemplateError if there are more than Python prints. */
export function reprInt(value: bigint): string {
  // Conversion to hexadecimal is fast, so a huge int is refused quickly.
  const long = () => value.toString(16).length > MOST_DIGITS;
  if ((value > 10n ** 300n || value < -(10n ** 300n)) && long()) tooManyDigits();
  const digits = String(value);
  if (digits.length - (value < 0n ? 1 : 0) > MOST_DIGITS) tooManyDigits();
  return digits;
}

function tooManyDigits(): never {
  raise(
    "ValueError",
    `Exceeds the limit (${MOST_DIGITS} digits) for integer string conversion; ` +
      "use sys.set_int_max_str_digits() to increase the limit",
  );
}

function container(value: Value[] | Tuple | Dict, ev: Evaluation): string {
  if (Array.isArray(value)) return `[${reprAll(value, ev)}]`;
  if (value instanceof Dict) {
    return `{${join([...value.entries()], ([key, item]) => `${repr(key, ev)}: ${repr(item, ev)}`, ev)}}`;
  }
  return value.items.length === 1 ? `(${repr(value.items[0], ev)},)` : `(${reprAll(value.items, ev)})`;
}

/** The reprs of values, separated by commas. */
export function reprAll(values: readonly Value[], ev: Evaluation): string {
  return join(values, (item) => repr(item, ev), ev);
}

function join<T>(entries: readonly T[], text: (entry: T) => string, ev: Evaluation): string {
  let size = 0;
  return entries.map((entry) => {
    const part = text(entry);
    ev.budget.step();
    ev.budget.text(size += part.length + 2);
    return part;
  }).join(", ");
}

/** Python's ascii(). */
export function ascii(value: Value, ev: Evaluation): string {
  return repr(value, ev).replace(/[^ -~]/gu, escaped);
}

const NAMED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A text as a Python string literal. */
export function quote(text: string, ev: Evaluation): string {
  ev.budget.text(text.length);
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  let result = "";
  for (const character of text) {
    if (character === mark) result += "\\" + mark;
    else if (character in NAMED) result += NAMED[character];
    else result += isPrintable(character) ? character : escaped(character);
  }
  return mark + result + mark;
}

function escaped(character: string): string {
  const point = character.codePointAt(0)!;
  const hex = point.toString(16);
  if (point < 0x100) return "\\x" + hex.padStart(2, "0");
  return point < 0x10000 ? "\\u" + hex.padStart(4, "0") : "\\U" + hex.padStart(8, "0");
}
