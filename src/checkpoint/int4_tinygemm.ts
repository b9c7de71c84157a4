import type { Int4Rows } from "./int4_source.ts";

const WORD = new Int32Array(1);
const FLOAT = new Float32Array(WORD.buffer);

/** Smallest scale, bfloat16's nearest to 1e-6: a constant group has it. */
const MIN_SCALE = roundToBfloat16(1e-6);
/** Adding and taking it away rounds a number below 2^51 to a whole one, halves to the even. */
const WHOLE = 1.5 * 2 ** 52;

/** A group whose values are no weights, or whose span bfloat16 cannot hold. */
export interface BadGroup {
  readonly row: number;
  readonly firstColumn: number;
}

/**
 * torchao's int4 (Int4WeightOnlyConfig version 1, tinygemm): for each group of neighbouring columns
 *
 *     scale = max((max − min) / 15, 1e-6)        zero = min + 8 · scale
 *     q = clamp(round((w − (zero − 8 · scale)) / scale), 0, 15)
 *
 * every operation rounded to bfloat16, halves to the even; read back as w ≈ (q − 8) · scale + zero.
 *
 * @param weights bits of bfloat16 numbers, [rows, columns]
 * @param columns a multiple of `groupSize`, which is even
 * @returns the codes, or the first group that holds an infinity, a NaN, or numbers too far apart
 */
export function quantizeTinygemm(
  weights: Uint16Array,
  columns: number,
  groupSize: number,
): Int4Rows | BadGroup {
  const groups = weights.length / groupSize;
  const codes = new Uint8Array(weights.length / 2);
  const scales = new Uint16Array(groups);
  const zeros = new Uint16Array(groups);
  // One group at a time lies here as float32; both arrays are the same memory.
  const bits = new Int32Array(groupSize);
  const values = new Float32Array(bits.buffer);
  for (let group = 0; group < groups; group++) {
    const first = group * groupSize;
    let min = Infinity;
    let max = -Infinity;
    for (let i = 0; i < groupSize; i++) {
      bits[i] = weights[first + i] << 16;
      const value = values[i];
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const scale = Math.max(roundToBfloat16(roundToBfloat16(max - min) / 15), MIN_SCALE);
    const zero = roundToBfloat16(min + 8 * scale);
    const lowest = roundToBfloat16(zero - 8 * scale);
    scales[group] = bfloat16Bits(scale);
    zeros[group] = bfloat16Bits(zero);
    // A NaN, which min and max pass over, shows in this sum alone.
    let sum = 0;
    for (let i = 0; i < groupSize; i++) {
      sum += values[i];
      values[i] -= lowest;
    }
    if (!(scale < Infinity && sum - sum === 0)) {
      return { row: Math.floor(first / columns), firstColumn: first % columns };
    }
    for (let i = 0; i < groupSize; i++) bits[i] = roundedBits(bits[i]);
    for (let i = 0; i < groupSize; i++) values[i] /= scale;
    for (let i = 0; i < groupSize; i++) bits[i] = roundedBits(bits[i]);
    for (let i = 0; i < groupSize; i += 2) {
      codes[(first + i) >> 1] = code(values[i]) | code(values[i + 1]) << 4;
    }
  }
  return { rows: weights.length / columns, codes, scales, zeros };
}

function code(quotient: number): number {
  const whole = quotient + WHOLE - WHOLE;
  return whole < 0 ? 0 : whole > 15 ? 15 : whole;
}

/** A float32's bits, rounded to those of the nearest bfloat16, ties to even; no NaN comes here. */
function roundedBits(word: number): number {
  return (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
}

/** The nearest bfloat16, by way of the nearest float32, as PyTorch has it. */
function roundToBfloat16(value: number): number {
  FLOAT[0] = value;
  WORD[0] = roundedBits(WORD[0]);
  return FLOAT[0];
}

function bfloat16Bits(value: number): number {
  FLOAT[0] = value;
  return WORD[0] >>> 16;
}
