import { WEIGHT_BYTES } from "./dtypes.ts";
import type { WeightDtype } from "./types.ts";

/**
 * Widens stored weights to float32; exact for every value (a NaN stays some NaN).
 * @param bytes little-endian elements, at any alignment
 */
export function toFloat32(bytes: Uint8Array, dtype: WeightDtype): Float32Array<ArrayBuffer> {
  if (bytes.length % WEIGHT_BYTES[dtype] !== 0) {
    throw new RangeError(`${bytes.length} bytes are no whole number of ${dtype} elements`);
  }
  // A copy: typed arrays need their element's alignment, which a file does not promise.
  const { buffer } = Uint8Array.from(bytes);
  if (dtype === "float32") return new Float32Array(buffer);
  if (dtype === "float16") return new Float32Array(new Float16Array(buffer));
  return bfloat16ToFloat32(new Uint16Array(buffer));
}

/**
 * Narrows float32 to a storage type, rounding to the nearest, ties to even; what is beyond the largest number becomes
 * infinite, as in PyTorch.
 * @returns little-endian elements
 */
export function fromFloat32(values: Float32Array, dtype: WeightDtype): Uint8Array<ArrayBuffer> {
  if (dtype === "float32") return new Uint8Array(Float32Array.from(values).buffer);
  if (dtype === "float16") return new Uint8Array(new Float16Array(values).buffer);
  return new Uint8Array(float32ToBfloat16(values).buffer);
}

/** Stored weights in another storage type; the same bytes where the types are equal. */
export function convertWeights(bytes: Uint8Array, from: WeightDtype, to: WeightDtype): Uint8Array {
  return from === to ? bytes : fromFloat32(toFloat32(bytes, from), to);
}

/** bfloat16 is the upper half of a float32. */
function bfloat16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) words[i] = halves[i] << 16;
  return new Float32Array(words.buffer);
}

function float32ToBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const word = words[i];
    const isNaN = (word & 0x7fffffff) > 0x7f800000;
    // Adding just under a half, or a half where the kept part is odd, carries exactly where the rounding goes up.
    // A NaN is made quiet instead: its set bits may all lie in the half that is cut off.
    halves[i] = isNaN ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return halves;
}
