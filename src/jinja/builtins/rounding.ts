import { divideEven, ratio } from "../values/float_text.ts";
import { raise } from "../values/types.ts";
import type { Evaluation } from "../values/values.ts";

/** Python's round(float, digits): rounds the exact value, ties to even. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0 || digits > 323) return value;
  if (digits < -308) return value < 0 ? -0 : 0;
  const [top, bottom] = ratio(Math.abs(value));
  const scale = 10n ** BigInt(Math.abs(digits));
  const rounded = digits >= 0 ? divideEven(top * scale, bottom) : divideEven(top, bottom * scale);
  const result = Number(`${rounded}e${-digits}`);
  if (!Number.isFinite(result)) raise("OverflowError", "rounded value too large to represent");
  return value < 0 ? -result : result;
}

/** Python's round(int, digits). */
export function roundInt(value: bigint, digits: number, ev: Evaluation): bigint {
  if (digits >= 0) return value;
  ev.budget.text(-digits * 4);
  const scale = 10n ** BigInt(-digits);
  const rounded = divideEven(value < 0n ? -value : value, scale) * scale;
  return value < 0n ? -rounded : rounded;
}
