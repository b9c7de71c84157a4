import { special } from "../values/float_text.ts";
import { raise } from "../values/types.ts";

/** Python's float.hex(). */
export function hexFloat(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const all = bits.getBigUint64(0);
  const [exponent, fraction] = [Number(all >> 52n), all & 0xf_ffff_ffff_ffffn];
  if (all === 0n) return sign + "0x0.0p+0";
  const power = exponent === 0 ? -1022 : exponent - 1023;
  const lead = exponent === 0 ? "0" : "1";
  return `${sign}0x${lead}.${fraction.toString(16).padStart(13, "0")}p${power < 0 ? "-" : "+"}${
    Math.abs(power)
  }`;
}

const HEX = /^\s*([-+]?)(?:0x)?([\da-f]*)(?:\.([\da-f]*))?(?:p([-+]?\d+))?\s*$/i;

/** Python's float.fromhex(). @throws TemplateError if `text` is not a hexadecimal float. */
export function parseHexFloat(text: string): number {
  const named = /^\s*([-+]?)(inf|infinity|nan)\s*$/i.exec(text);
  if (named) return (named[1] === "-" ? -1 : 1) * (named[2].toLowerCase() === "nan" ? NaN : Infinity);
  const match = HEX.exec(text);
  const [, sign, whole, rest = "", power = "0"] = match ?? [];
  if (!match || whole + rest === "" || text.length > 1000) {
    raise("ValueError", "invalid hexadecimal floating-point string");
  }
  const digits = BigInt("0x" + whole + rest);
  const shift = Number(power) - 4 * rest.length;
  // The range of a float is far smaller, and a shift by a million bits would be slow.
  if (digits !== 0n && Math.abs(shift) > 10_000) {
    raise("OverflowError", "hexadecimal value too large to represent as a float");
  }
  const value = scaled(digits, shift);
  if (!Number.isFinite(value)) raise("OverflowError", "hexadecimal value too large to represent as a float");
  return sign === "-" ? -value : value;
}

/** digits * 2 ** shift, rounded once. */
function scaled(digits: bigint, shift: number): number {
  if (digits === 0n) return 0;
  const bits = digits.toString(2).length;
  // Significant bits of a float of this size: at most 53, fewer if it is subnormal.
  const kept = Math.min(53, bits + shift + 1074);
  if (kept < 0) return 0;
  const drop = BigInt(Math.max(0, bits - kept));
  const half = drop > 0n ? 1n << (drop - 1n) : 0n;
  const [quotient, left] = [digits >> drop, digits & ((1n << drop) - 1n)];
  const up = drop > 0n && (left > half || (left === half && (quotient & 1n) === 1n));
  const power = shift + Number(drop);
  const first = Math.trunc(power / 2);
  return Number(quotient + (up ? 1n : 0n)) * 2 ** first * 2 ** (power - first);
}
