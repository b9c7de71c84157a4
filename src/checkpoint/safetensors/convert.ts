import { WEIGHT_BYTES } from "../tensors/dtypes.ts";
import type { WeightDtype } from "../tensors/types.ts";

/** Converts `count` elements starting at index `from` and writes them starting at index `to`. */
export type Converter = (from: number, count: number, to: number) => void;

/**
 * Creates a converter between two buffers that allocates nothing per call; it works in place if the new type is not
 * wider. Widening is exact (a NaN remains a NaN); narrowing rounds to nearest, ties to even, and overflow becomes
 * infinity, as in PyTorch.
 *
 * @param source little-endian elements, aligned to their size, as in `target`
 */
export function converter(
  source: Uint8Array<ArrayBuffer>,
  from: WeightDtype,
  target: Uint8Array<ArrayBuffer>,
  to: WeightDtype,
): Converter {
  if (from === to) {
    const width = WEIGHT_BYTES[from];
    return (at, count, place) => target.set(source.subarray(at * width, (at + count) * width), place * width);
  }
  if (to === "float32") {
    const words = new Uint32Array(target.buffer, target.byteOffset, target.length >> 2);
    return from === "float16"
      ? float16ToFloat32(halvesOf(source), words)
      : bfloat16ToFloat32(halvesOf(source), words);
  }
  if (from !== "float32") return throughTable(halvesOf(source), halvesOf(target), tableOf(from, to));
  if (to === "bfloat16") {
    const words = new Uint32Array(source.buffer, source.byteOffset, source.length >> 2);
    return float32ToBfloat16(words, halvesOf(target));
  }
  const values = new Float32Array(source.buffer, source.byteOffset, source.length >> 2);
  return float32ToFloat16(values, new Float16Array(target.buffer, target.byteOffset, target.length >> 1));
}

/**
 * Widens stored weights to float32; exact for every value (a NaN remains a NaN).
 * @param bytes little-endian elements, at any alignment
 */
export function toFloat32(bytes: Uint8Array, dtype: WeightDtype): Float32Array<ArrayBuffer> {
  return new Float32Array(converted(bytes, dtype, "float32").buffer);
}

/**
 * Narrows float32 to a storage type as {@link converter} does.
 * @returns little-endian elements
 */
export function fromFloat32(values: Float32Array, dtype: WeightDtype): Uint8Array<ArrayBuffer> {
  return converted(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), "float32", dtype);
}

/** Converts stored weights to another storage type; returns the same bytes if the types are equal. */
export function convertWeights(bytes: Uint8Array, from: WeightDtype, to: WeightDtype): Uint8Array {
  return from === to ? bytes : converted(bytes, from, to);
}

function converted(bytes: Uint8Array, from: WeightDtype, to: WeightDtype): Uint8Array<ArrayBuffer> {
  const count = bytes.length / WEIGHT_BYTES[from];
  if (!Number.isInteger(count)) {
    throw new RangeError(`${bytes.length} bytes are no whole number of ${from} elements`);
  }
  // A copy: typed arrays require aligned elements, which a file does not guarantee.
  const source = Uint8Array.from(bytes);
  if (from === to) return source;
  const target = new Uint8Array(count * WEIGHT_BYTES[to]);
  converter(source, from, target, to)(0, count, 0);
  return target;
}

function halvesOf(bytes: Uint8Array<ArrayBuffer>): Uint16Array {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
}

// `| 0` tells the compiler that indices are integers, which products and quotients may lose; loops over arbitrary
// numbers take more than twice as long.

/** bfloat16 is the upper half of a float32. */
function bfloat16ToFloat32(halves: Uint16Array, words: Uint32Array): Converter {
  return (from, count, to) => {
    for (let i = from | 0, end = i + count, at = to | 0; i < end; i++, at++) words[at] = halves[i] << 16;
  };
}

/** Bits of all 16-bit numbers in float32. */
let float16Words: Uint32Array | undefined;

function float16ToFloat32(halves: Uint16Array, words: Uint32Array): Converter {
  const table = float16Words ??= new Uint32Array(
    new Float32Array(new Float16Array(allHalves().buffer)).buffer,
  );
  return (from, count, to) => {
    for (let i = from | 0, end = i + count, at = to | 0; i < end; i++, at++) words[at] = table[halves[i]];
  };
}

function float32ToFloat16(values: Float32Array, halves: Float16Array): Converter {
  return (from, count, to) => {
    for (let i = from | 0, end = i + count, at = to | 0; i < end; i++, at++) halves[at] = values[i];
  };
}

function float32ToBfloat16(words: Uint32Array, halves: Uint16Array): Converter {
  return (from, count, to) => {
    for (let i = from | 0, end = i + count, at = to | 0; i < end; i++, at++) {
      const word = words[i];
      const isNaN = (word & 0x7fffffff) > 0x7f800000;
      // Adding just under a half, or a half if the kept part is odd, carries exactly when the value rounds up. A NaN
      // becomes quiet instead: all of its set bits may be in the half that is cut off.
      halves[at] = isNaN ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
    }
  };
}

function throughTable(source: Uint16Array, target: Uint16Array, table: Uint16Array): Converter {
  const wordsOf = ({ buffer, byteOffset, length }: Uint16Array) =>
    new Uint32Array(buffer, byteOffset - byteOffset % 4, length >> 1);
  const [words, into] = [wordsOf(source), wordsOf(target)];
  const aligned = (source.byteOffset | target.byteOffset) % 4 === 0;
  return (from, count, to) => {
    const paired = aligned && (from | to) % 2 === 0 ? count & ~3 : 0;
    convertPairs(words, from >> 1, into, to >> 1, paired >> 1, table);
    for (let i = paired; i < count; i++) target[to + i] = table[source[from + i]];
  };
}

/** Two numbers per word, two words at once: twice as fast as one by one. */
function convertPairs(
  source: Uint32Array,
  from: number,
  target: Uint32Array,
  to: number,
  count: number,
  table: Uint16Array,
): void {
  for (let i = 0; i < count; i += 2) {
    const a = source[from + i];
    const b = source[from + i + 1];
    target[to + i] = table[a & 0xffff] | table[a >>> 16] << 16;
    target[to + i + 1] = table[b & 0xffff] | table[b >>> 16] << 16;
  }
}

/** Each 16-bit number converted to the other 16-bit type, by source type. */
const TABLES = new Map<WeightDtype, Uint16Array>();

function tableOf(from: WeightDtype, to: WeightDtype): Uint16Array {
  let table = TABLES.get(from);
  if (!table) {
    const wide = toFloat32(new Uint8Array(allHalves().buffer), from);
    table = new Uint16Array(fromFloat32(wide, to).buffer);
    TABLES.set(from, table);
  }
  return table;
}

function allHalves(): Uint16Array<ArrayBuffer> {
  return Uint16Array.from({ length: 65536 }, (_, i) => i);
}
