import type { Int4Rows } from "./int4_source.ts";

const WORD = new Int32Array(1);
const FLOAT = new Float32Array(WORD.buffer);

/** Smallest scale, the bfloat16 nearest to 1e-6: the scale of a constant group. */
const MIN_SCALE = roundToBfloat16(1e-6);
/** Adding and subtracting it rounds a number below 2^51 to an integer, ties to even. */
const WHOLE = 1.5 * 2 ** 52;

/** Scratch space for one group as float32; both views share memory. Constants are optimized better. */
const GROUP_BITS = new Int32Array(256);
const GROUP = new Float32Array(GROUP_BITS.buffer);
/** Differences over 8 exponents. */
const CODES_PER_SCALE = 8 * 128;
/** See {@link fillCodes}. */
const CODES = new Uint8Array(128 * CODES_PER_SCALE);

/** A group whose values are not valid weights, or whose range exceeds bfloat16. */
export interface BadGroup {
  readonly row: number;
  readonly firstColumn: number;
}

/** Destination of codes, scales and zeros. */
export type TinygemmRoom = Omit<Int4Rows, "rows">;

/**
 * torchao's int4 (Int4WeightOnlyConfig version 1, tinygemm): for each group of adjacent columns
 *
 *     scale = max((max − min) / 15, 1e-6)        zero = min + 8 · scale
 *     q = clamp(round((w − (zero − 8 · scale)) / scale), 0, 15)
 *
 * every operation is rounded to bfloat16, ties to even; dequantized as w ≈ (q − 8) · scale + zero.
 *
 * @param weights bits of bfloat16 numbers, [rows, columns]
 * @param columns a multiple of `groupSize`, which is even and at most 256
 * @param into memory of exactly the result's size; default: newly allocated
 * @returns the codes, or the first group with an infinity, a NaN, or an excessive range
 */
export function quantizeTinygemm(
  weights: Uint16Array,
  columns: number,
  groupSize: number,
  into: TinygemmRoom = {
    codes: new Uint8Array(weights.length / 2),
    scales: new Uint16Array(weights.length / groupSize),
    zeros: new Uint16Array(weights.length / groupSize),
  },
): Int4Rows | BadGroup {
  if (groupSize > GROUP_BITS.length) throw new RangeError(`groups of ${groupSize} columns`);
  if (CODES[CODES.length - 1] === 0) fillCodes();
  const { codes, scales, zeros } = into;
  const signed = new Int16Array(weights.buffer, weights.byteOffset, weights.length);
  for (let group = 0, first = 0; first < signed.length; group++, first += groupSize) {
    const extremes = extremesOf(signed, first, groupSize);
    const lowestBits = extremes & 0xffff;
    const highestBits = extremes >> 16;
    // Infinities and NaNs sort after all finite numbers of their sign.
    if (lowestBits >= 0xff80 || highestBits >= 0x7f80) return badGroup(first, columns);
    const both = lowestBits >= 0x8000 && highestBits >= 0;
    const min = both ? floatOf(lowestBits) : least(signed, first, groupSize, 1);
    const max = both ? floatOf(highestBits) : -least(signed, first, groupSize, -1);
    const scale = Math.max(roundToBfloat16(roundToBfloat16(max - min) / 15), MIN_SCALE);
    if (scale === Infinity) return badGroup(first, columns);
    const zero = roundToBfloat16(min + 8 * scale);
    scales[group] = bfloat16Bits(scale);
    zeros[group] = bfloat16Bits(zero);
    subtract(signed, first, groupSize, roundToBfloat16(zero - 8 * scale));
    lookUp(scales[group], groupSize, codes, first >> 1);
  }
  return { rows: weights.length / columns, codes, scales, zeros };
}

/**
 * The lowest negative number in the lower half, the highest other number in the upper half (0 and −1 if there is none).
 * As integers, bits with a sign sort after those without, the lowest number last. Uses Math.max instead of a branch,
 * which CPUs mispredict too often; the functions are small because the compiler optimizes those better.
 */
function extremesOf(weights: Int16Array, first: number, count: number): number {
  let lowest = 0;
  let highest = -1;
  for (let i = first; i < first + count; i++) {
    const weight = weights[i];
    lowest = Math.max(lowest, weight & 0xffff);
    highest = Math.max(highest, weight);
  }
  return highest << 16 | lowest;
}

/** The minimum of a group times `sign`; needed only if all are of one sign. */
function least(weights: Int16Array, first: number, count: number, sign: 1 | -1): number {
  let found = Infinity;
  for (let i = first; i < first + count; i++) found = Math.min(found, sign * floatOf(weights[i]));
  return found;
}

/** Writes the differences between a group's numbers and `lowest` to {@link GROUP}. */
function subtract(weights: Int16Array, first: number, count: number, lowest: number): void {
  for (let i = 0; i < count; i++) {
    GROUP_BITS[i] = weights[first + i] << 16;
    GROUP[i] -= lowest;
  }
}

/** Finds the codes of the differences in {@link GROUP}. */
function lookUp(scaleBits: number, count: number, codes: Uint8Array, at: number): void {
  const row = (scaleBits & 127) * CODES_PER_SCALE;
  const least = (scaleBits & 0x7f80) - 2 * 128;
  const last = CODES_PER_SCALE - 1;
  for (let i = 0; i < count; i += 2) {
    const low = (roundedBits(GROUP_BITS[i]) >> 16) - least;
    const high = (roundedBits(GROUP_BITS[i + 1]) >> 16) - least;
    codes[at + (i >> 1)] = CODES[row + (low < 0 ? 0 : low < last ? low : last)] |
      CODES[row + (high < 0 ? 0 : high < last ? high : last)] << 4;
  }
}

function badGroup(first: number, columns: number): BadGroup {
  return { row: Math.floor(first / columns), firstColumn: first % columns };
}

/**
 * Codes by the scale's mantissa and the difference. Doubling both leaves a code unchanged, so the table covers scales
 * from 1 to 2 and differences from 1/4 to 64: smaller ones give 0, larger ones 15.
 */
function fillCodes(): void {
  for (let i = 0; i < CODES.length; i++) {
    const difference = floatOf(0x3f80 - 2 * 128 + i % CODES_PER_SCALE);
    CODES[i] = code(roundToBfloat16(difference / floatOf(0x3f80 + Math.floor(i / CODES_PER_SCALE))));
  }
}

function code(quotient: number): number {
  const whole = quotient + WHOLE - WHOLE;
  return whole < 0 ? 0 : whole > 15 ? 15 : whole;
}

/** Value of a bfloat16 given its bits. */
function floatOf(bits: number): number {
  WORD[0] = bits << 16;
  return FLOAT[0];
}

/** Rounds the bits of a float32 to the nearest bfloat16, ties to even; the input is never NaN. */
function roundedBits(word: number): number {
  return (word + 0x7fff + ((word >>> 16) & 1)) & 0xffff0000;
}

/** The nearest bfloat16, rounded to float32 first, as in PyTorch. */
function roundToBfloat16(value: number): number {
  FLOAT[0] = value;
  WORD[0] = roundedBits(WORD[0]);
  return FLOAT[0];
}

function bfloat16Bits(value: number): number {
  FLOAT[0] = value;
  return WORD[0] >>> 16;
}
