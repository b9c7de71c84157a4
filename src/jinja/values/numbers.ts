import { big, float, isInt, raise } from "./types.ts";
import type { Evaluation, Value } from "./values.ts";

/** Arithmetic operators. */
export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";

type Numeric = boolean | bigint | number;

/** Applies an arithmetic operator to two numbers. @throws TemplateError if Python raises. */
export function binaryNumbers(op: BinaryOperator, a: Numeric, b: Numeric, ev: Evaluation): Value {
  if (isInt(a) && isInt(b)) return integers(op, big(a), big(b), ev);
  return floats(op, float(a), float(b));
}

function integers(op: BinaryOperator, a: bigint, b: bigint, ev: Evaluation): Value {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      allow(bitLength(a) + bitLength(b), ev);
      return a * b;
    case "/":
      return divide(a, b);
    case "//":
      if (b === 0n) raise("ZeroDivisionError", "integer division or modulo by zero");
      return (a - floorModulo(a, b)) / b;
    case "%":
      if (b === 0n) raise("ZeroDivisionError", "integer modulo by zero");
      return floorModulo(a, b);
    case "**":
      return power(a, b, ev);
  }
}

function floorModulo(a: bigint, b: bigint): bigint {
  const rest = a % b;
  return rest !== 0n && (rest < 0n) !== (b < 0n) ? rest + b : rest;
}

function allow(bits: number, ev: Evaluation): void {
  // An int of 2 ** 20 bits counts as much as a text of maximum length.
  if (bits > 1024) ev.budget.text(bits * 16);
}

/** Python's int.bit_length(). */
export function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const hex = (value < 0n ? -value : value).toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(parseInt(hex[0], 16)));
}

/** a / b, rounded once. */
function divide(a: bigint, b: bigint): number {
  if (b === 0n) raise("ZeroDivisionError", "division by zero");
  const [x, y] = [Number(a), Number(b)];
  if (Number.isSafeInteger(x) && Number.isSafeInteger(y)) return x / y;
  const negative = (a < 0n) !== (b < 0n);
  const [top, bottom] = [a < 0n ? -a : a, b < 0n ? -b : b];
  const shift = Math.max(0, bitLength(bottom) - bitLength(top) + 66);
  const scaled = top << BigInt(shift);
  const quotient = scaled / bottom;
  // The last bit is set if there is a remainder, so that only exact ties round as ties.
  const sticky = (quotient << 1n) | (scaled % bottom === 0n ? 0n : 1n);
  const half = Math.floor((shift + 1) / 2);
  const result = Number(sticky) / 2 ** half / 2 ** (shift + 1 - half);
  if (!Number.isFinite(result)) raise("OverflowError", "integer division result too large for a float");
  return negative ? -result : result;
}

function power(a: bigint, b: bigint, ev: Evaluation): Value {
  if (b < 0n) return floats("**", float(a), float(b));
  if (a !== 0n && a !== 1n && a !== -1n) allow(bitLength(a) * Number(b), ev);
  return a ** b;
}

function floats(op: BinaryOperator, a: number, b: number): Value {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) raise("ZeroDivisionError", "float division by zero");
      return a / b;
    case "//":
      if (b === 0) raise("ZeroDivisionError", "float floor division by zero");
      return floatDivmod(a, b)[0];
    case "%":
      if (b === 0) raise("ZeroDivisionError", "float modulo");
      return floatDivmod(a, b)[1];
    case "**":
      return floatPower(a, b);
  }
}

function floatDivmod(a: number, b: number): [number, number] {
  let rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0) {
    if ((b < 0) !== (rest < 0)) {
      rest += b;
      quotient -= 1;
    }
  } else rest = b < 0 ? -0 : 0;
  if (quotient === 0) return [a / b < 0 || Object.is(a / b, -0) ? -0 : 0, rest];
  const floor = Math.floor(quotient);
  return [quotient - floor > 0.5 ? floor + 1 : floor, rest];
}

function floatPower(a: number, b: number): number {
  if (a === 1 || b === 0) return 1;
  if (a === 0 && b < 0) raise("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  if (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) return 1;
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b)) {
    raise("ValueError", "a complex number is not supported");
  }
  const result = a ** b;
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) {
    raise("OverflowError", "(34, 'Numerical result out of range')");
  }
  return result;
}
