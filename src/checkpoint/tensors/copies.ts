import type { Checkpoint, TensorInfo } from "./types.ts";

const CHUNK_BYTES = 2 ** 20;

/** True for a tensor that a model computes instead of reading: old checkpoints also store the rotary frequencies. */
export function isUnused(name: string): boolean {
  return name.endsWith(".rotary_emb.inv_freq");
}

/** Returns true if two tensors have the same type, shape and bytes. Reads both in small chunks. */
export async function areEqual(
  files: Pick<Checkpoint, "read">,
  one: TensorInfo,
  other: TensorInfo,
): Promise<boolean> {
  if (typeOf(one) !== typeOf(other)) return false;
  const [a, b] = [0, 0].map(() => new Uint8Array(CHUNK_BYTES));
  for (let begin = 0; begin < one.bytes; begin += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, one.bytes - begin);
    await files.read(one, begin, a.subarray(0, length));
    await files.read(other, begin, b.subarray(0, length));
    if (!sameBytes(a, b, length)) return false;
  }
  return true;
}

function sameBytes(a: Uint8Array, b: Uint8Array, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function typeOf({ dtype, shape, stored }: TensorInfo): string {
  return JSON.stringify([stored?.dtype ?? dtype, shape]);
}
