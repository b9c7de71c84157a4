import { Dict, Markup, TemplateError, Tuple, Undefined, type Value } from "./values.ts";

/** The Python exception classes that are caught here or named in messages. */
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

/** An error with its Python exception class: some callers catch TypeError or ValueError. */
export class PythonError extends TemplateError {
  constructor(readonly kind: Kind, message: string) {
    super(message);
  }
}

/** Throws a PythonError. */
export function raise(kind: Kind, message: string): never {
  throw new PythonError(kind, message);
}

/** Throws the error for the use of a missing value. */
export function refuseUndefined(value: Undefined): never {
  raise(value.unsafe ? "SecurityError" : "UndefinedError", value.message);
}

/** Runs `work`; if it throws an error of these classes, runs `otherwise` instead. */
export function catching<T>(kinds: readonly Kind[], work: () => T, otherwise: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PythonError && kinds.includes(error.kind)) return otherwise();
    throw error;
  }
}

/** The Python name of a value's type. */
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

/** True for a str or Markup. */
export function isText(value: Value | undefined): value is string | Markup {
  return typeof value === "string" || value instanceof Markup;
}

/** The plain string of a str or Markup. */
export function plain(value: string | Markup): string {
  return typeof value === "string" ? value : value.text;
}

/** True for an int or bool. */
export function isInt(value: Value | undefined): value is boolean | bigint {
  return typeof value === "bigint" || typeof value === "boolean";
}

/** True for an int, bool or float. */
export function isNumber(value: Value | undefined): value is boolean | bigint | number {
  return typeof value === "number" || isInt(value);
}

/** A bool or int as a bigint. */
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

/** An int as an index or count, clamped to the safe integers. @throws TemplateError if the value is not an int. */
export function index(value: Value, message?: string): number {
  if (isInt(value)) {
    const number = Number(value);
    return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
  }
  raise("TypeError", message ?? `'${typeName(value)}' object cannot be interpreted as an integer`);
}

const SURROGATE = /[\ud800-\udfff]/;

/** The code points of a text; the string itself if it has no surrogates. */
export function points(text: string): string | string[] {
  return SURROGATE.test(text) ? Array.from(text) : text;
}

/** The number of code points. */
export function pointCount(text: string): number {
  return points(text).length;
}

/** A slice of a text by code points; neither end is negative. */
export function pointSlice(text: string, start: number, stop?: number): string {
  const all = points(text);
  return typeof all === "string" ? all.slice(start, stop) : all.slice(start, stop).join("");
}
