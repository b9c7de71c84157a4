import { Dict, Markup, TemplateError, Tuple, Undefined, type Value } from "./values.ts";

/** Python's classes of errors that something catches, or that a message names. */
export type Kind =
  | "TypeError"
  | "ValueError"
  | "KeyError"
  | "IndexError"
  | "AttributeError"
  | "OverflowError"
  | "ZeroDivisionError"
  | "SecurityError"
  | "UndefinedError"
  | "FilterArgumentError"
  | "AssertionError"
  | "UnicodeEncodeError"
  | "RuntimeError";

/** A refusal with the class that Python gives it: some callers catch TypeError and ValueError. */
export class PythonError extends TemplateError {
  constructor(readonly kind: Kind, message: string) {
    super(message);
  }
}

/** Refuses as Python does. */
export function raise(kind: Kind, message: string): never {
  throw new PythonError(kind, message);
}

/** Refuses the use of a missing value. */
export function refuseUndefined(value: Undefined): never {
  raise(value.unsafe ? "SecurityError" : "UndefinedError", value.message);
}

/** Runs `work`, or `otherwise` where it ends in an error of these classes. */
export function catching<T>(kinds: readonly Kind[], work: () => T, otherwise: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PythonError && kinds.includes(error.kind)) return otherwise();
    throw error;
  }
}

/** Python's name of a value's type. */
export function typeName(value: Value): string {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "float";
  if (typeof value === "string") return "str";
  if (Array.isArray(value)) return "list";
  if (value instanceof Markup) return "Markup";
  if (value instanceof Tuple) return "tuple";
  if (value instanceof Dict) return "dict";
  if (value instanceof Undefined) return "Undefined";
  return value.typeName;
}

/** A str, Markup among them. */
export function isText(value: Value | undefined): value is string | Markup {
  return typeof value === "string" || value instanceof Markup;
}

/** The characters of a str. */
export function plain(value: string | Markup): string {
  return typeof value === "string" ? value : value.text;
}

/** An int, bool among them. */
export function isInt(value: Value | undefined): value is boolean | bigint {
  return typeof value === "bigint" || typeof value === "boolean";
}

/** An int or float. */
export function isNumber(value: Value | undefined): value is boolean | bigint | number {
  return typeof value === "number" || isInt(value);
}

/** A bool or int as an int. */
export function big(value: boolean | bigint): bigint {
  return BigInt(value);
}

/** Python's float() of a number. @throws TemplateError if an int is too large. */
export function float(value: boolean | bigint | number): number {
  const result = Number(value);
  if (typeof value === "bigint" && !Number.isFinite(result)) {
    raise("OverflowError", "int too large to convert to float");
  }
  return result;
}

/** An int as an index or count: those that are too large become the nearest safe number. */
export function index(value: Value, message?: string): number {
  if (isInt(value)) {
    const number = Number(value);
    return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
  }
  raise("TypeError", message ?? `'${typeName(value)}' object cannot be interpreted as an integer`);
}

const SURROGATE = /[\ud800-\udfff]/;

/** The characters of a text, each a code point: an array only where UTF-16 would count otherwise. */
export function points(text: string): string | string[] {
  return SURROGATE.test(text) ? Array.from(text) : text;
}

/** The number of code points. */
export function pointCount(text: string): number {
  return points(text).length;
}

/** A part of a text, by code points; neither end is negative. */
export function pointSlice(text: string, start: number, stop?: number): string {
  const all = points(text);
  return typeof all === "string" ? all.slice(start, stop) : all.slice(start, stop).join("");
}
