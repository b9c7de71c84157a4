/** Python's repr of a float. */
export function reprFloat(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [digits, exponent] = shortest(Math.abs(value));
  if (exponent < -4 || exponent >= 16) return sign + scientific(digits, exponent, "e");
  const text = positional(digits, exponent);
  return sign + (text.includes(".") ? text : text + ".0");
}

/** `nan`, `inf` or `-inf`. */
export function special(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return value < 0 ? "-inf" : "inf";
}

/** The shortest digits that round-trip, and the exponent (base 10) of the first. */
export function shortest(value: number): [string, number] {
  const [digits, exponent] = value.toExponential().split("e");
  return [digits.replace(".", ""), Number(exponent)];
}

/** Digits in positional notation; no decimal point if no fraction follows. */
function positional(digits: string, exponent: number): string {
  if (exponent < 0) return "0." + "0".repeat(-exponent - 1) + digits;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const rest = digits.slice(exponent + 1);
  return rest ? whole + "." + rest : whole;
}

function scientific(digits: string, exponent: number, letter: string): string {
  const mantissa = digits.length > 1 ? digits[0] + "." + digits.slice(1) : digits;
  return mantissa + letter + (exponent < 0 ? "-" : "+") + String(Math.abs(exponent)).padStart(2, "0");
}

/** A float as an exact fraction of two ints. */
export function ratio(value: number): [bigint, bigint] {
  if (Number.isInteger(value)) return [BigInt(value), 1n];
  let [top, bottom] = [value, 1n];
  while (!Number.isInteger(top)) {
    top *= 2;
    bottom *= 2n;
  }
  return [BigInt(top), bottom];
}

/** top / bottom rounded to the nearest int, ties to even; neither is negative. */
export function divideEven(top: bigint, bottom: bigint): bigint {
  const quotient = top / bottom;
  const twice = (top - quotient * bottom) * 2n;
  const up = twice > bottom || (twice === bottom && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/** A non-negative float with `precision` digits after the point: Python's `f`. */
export function fixed(value: number, precision: number): string {
  const [top, bottom] = ratio(value);
  const digits = String(divideEven(top * 10n ** BigInt(precision), bottom)).padStart(precision + 1, "0");
  if (precision === 0) return digits;
  return digits.slice(0, -precision) + "." + digits.slice(-precision);
}

/** Exactly `count` digits of a non-negative float, and the exponent (base 10) of the first. */
export function digitsOf(value: number, count: number): [string, number] {
  if (value === 0) return ["0".repeat(count), 0];
  const [top, bottom] = ratio(value);
  let exponent = shortest(value)[1];
  // The shortest digits may be rounded up to a power of ten.
  if (exponent >= 0 ? top < bottom * 10n ** BigInt(exponent) : top * 10n ** BigInt(-exponent) < bottom) {
    exponent--;
  }
  const shift = count - 1 - exponent;
  const scale = 10n ** BigInt(Math.abs(shift));
  const digits = String(shift >= 0 ? divideEven(top * scale, bottom) : divideEven(top, bottom * scale));
  // These may be rounded up too.
  return digits.length === count ? [digits, exponent] : [digits.slice(0, count), exponent + 1];
}

/** Python's `e`, `f`, `g` or `%` for a non-negative float; letters are lowercase. */
export function formatFloat(value: number, type: string, precision: number, alternate: boolean): string {
  if (!Number.isFinite(value)) return special(value);
  const point = alternate && precision === 0 ? "." : "";
  if (type === "f") return fixed(value, precision) + point;
  if (type === "e") {
    const [digits, exponent] = digitsOf(value, precision + 1);
    const text = scientific(digits, exponent, "e");
    return point ? text.replace("e", ".e") : text;
  }
  return general(value, precision, alternate);
}

function general(value: number, precision: number, alternate: boolean): string {
  const [all, exponent] = digitsOf(value, Math.max(1, precision));
  const digits = alternate ? all : all.replace(/0+$/, "") || "0";
  const wide = exponent < -4 || exponent >= Math.max(1, precision);
  const text = wide ? scientific(digits, exponent, "e") : positional(digits, exponent);
  if (!alternate || text.includes(".")) return text;
  return wide ? text.replace("e", ".e") : text + ".";
}

/** A float without a format type: like `g`, but with at least one digit after the point. */
export function formatPlain(value: number, precision: number | undefined, alternate: boolean): string {
  if (!Number.isFinite(value)) return special(value);
  if (precision === undefined) return reprFloat(value);
  const size = Math.max(1, precision);
  const [all, exponent] = digitsOf(value, size);
  const digits = alternate ? all : all.replace(/0+$/, "") || "0";
  // One digit must remain after the point, so that it looks like a float.
  if (exponent < -4 || exponent >= size - 1) return scientific(digits, exponent, "e");
  const text = positional(digits, exponent);
  return text.includes(".") ? text : text + ".0";
}
