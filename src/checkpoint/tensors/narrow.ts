import type { TensorInfo } from "./types.ts";

const CHUNK_ELEMENTS = 2 ** 16;

/** Describes a float64 tensor as the float32 tensor that reading it returns; other tensors are unchanged. */
export function narrowed(tensor: TensorInfo): TensorInfo {
  if (tensor.dtype !== "F64") return tensor;
  return { ...tensor, dtype: "F32", bytes: tensor.bytes / 2, stored: tensor };
}

/**
 * Reads bytes of a narrowed tensor, one small chunk at a time: rounds to nearest, ties to even, as PyTorch does.
 * @param read reads bytes of the tensor's file, at an absolute offset
 * @param begin byte offset within the float32 data, as for `into`
 */
export async function readNarrowed(
  read: (offset: number, into: Uint8Array) => Promise<void>,
  tensor: TensorInfo,
  begin: number,
  into: Uint8Array,
): Promise<void> {
  const first = begin - begin % 4;
  const whole = Math.ceil((begin + into.length) / 4) * 4 - first;
  if (whole !== into.length) {
    const around = new Uint8Array(whole);
    await readNarrowed(read, tensor, first, around);
    return into.set(around.subarray(begin - first, begin - first + into.length));
  }
  const count = into.length / 4;
  const wide = new Float64Array(Math.min(count, CHUNK_ELEMENTS));
  const narrow = new Float32Array(wide.length);
  for (let done = 0; done < count; done += wide.length) {
    const taken = Math.min(wide.length, count - done);
    await read(tensor.offset + 2 * begin + 8 * done, new Uint8Array(wide.buffer, 0, 8 * taken));
    narrow.set(wide);
    into.set(new Uint8Array(narrow.buffer, 0, 4 * taken), 4 * done);
  }
}
