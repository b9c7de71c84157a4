import { readFloats } from "../gpu/readback.ts";
import { headStride } from "../ops/linear.ts";
import type { KeyValueCache } from "./cache.ts";

/** Keys (rotated) and values of the first `length` positions of a slot. */
export interface SlotContent {
  readonly length: number;
  /** Layer by layer, each [kv heads, length, head dim], float32. */
  readonly layers: readonly { readonly keys: Float32Array; readonly values: Float32Array }[];
}

const PARTS = ["keys", "values"] as const;

/** Reads the first positions of a slot, layer by layer, after all work that was submitted before. */
export async function readSlot(cache: KeyValueCache, slot: number, length: number): Promise<SlotContent> {
  const { gpu, capacity, shape: { kvHeads, headDim } } = cache;
  const stride = headStride(headDim);
  const strip = length * stride * 4;
  const staging = gpu.storage("slot staging", PARTS.length * kvHeads * strip);
  try {
    const layers: { keys: Float32Array; values: Float32Array }[] = [];
    for (const layer of cache.layers) {
      const encoder = gpu.device.createCommandEncoder();
      PARTS.forEach((part, i) => {
        for (let head = 0; head < kvHeads; head++) {
          const from = (slot * kvHeads + head) * capacity * stride * 4;
          encoder.copyBufferToBuffer(layer[part], from, staging, (i * kvHeads + head) * strip, strip);
        }
      });
      gpu.submit(encoder.finish());
      const floats = await readFloats(gpu, staging, PARTS.length * kvHeads * length * stride);
      const half = floats.length / 2;
      layers.push({
        keys: narrow(floats.subarray(0, half), stride, headDim),
        values: narrow(floats.subarray(half), stride, headDim),
      });
    }
    return { length, layers };
  } finally {
    gpu.free(staging);
  }
}

/** Writes the first positions of a slot; what {@linkcode readSlot} gave for a cache of the same shape. */
export function writeSlot(cache: KeyValueCache, slot: number, content: SlotContent): void {
  const { gpu, capacity, shape: { kvHeads, headDim } } = cache;
  const { length } = content;
  if (length > capacity || content.layers.length !== cache.layers.length) {
    throw new RangeError(`write of ${length} positions into a cache of ${capacity}`);
  }
  const stride = headStride(headDim);
  cache.layers.forEach((layer, i) => {
    for (const part of PARTS) {
      const wide = widen(content.layers[i][part], stride, headDim);
      for (let head = 0; head < kvHeads; head++) {
        const rows = wide.subarray(head * length * stride, (head + 1) * length * stride);
        gpu.write(layer[part], (slot * kvHeads + head) * capacity * stride * 4, rows);
      }
    }
  });
}

/** Copies the first positions of slots into slots of another cache of the same shape: pairs of where from, where to. */
export function copySlots(
  from: KeyValueCache,
  to: KeyValueCache,
  pairs: readonly (readonly [source: number, target: number])[],
  length: number,
): void {
  if (length === 0) return;
  const { kvHeads, headDim } = from.shape;
  const stride = headStride(headDim) * 4;
  const encoder = from.gpu.device.createCommandEncoder();
  from.layers.forEach((layer, i) => {
    for (const part of PARTS) {
      for (const [source, target] of pairs) {
        for (let head = 0; head < kvHeads; head++) {
          encoder.copyBufferToBuffer(
            layer[part],
            (source * kvHeads + head) * from.capacity * stride,
            to.layers[i][part],
            (target * kvHeads + head) * to.capacity * stride,
            length * stride,
          );
        }
      }
    }
  });
  from.gpu.submit(encoder.finish());
}

/** Rows without the padding of their heads. */
function narrow(rows: Float32Array, stride: number, width: number): Float32Array {
  if (stride === width) return rows.slice();
  const count = rows.length / stride;
  const result = new Float32Array(count * width);
  for (let i = 0; i < count; i++) result.set(rows.subarray(i * stride, i * stride + width), i * width);
  return result;
}

/** Rows with the padding of their heads. */
function widen(rows: Float32Array, stride: number, width: number): Float32Array<ArrayBuffer> {
  const count = rows.length / width;
  const result = new Float32Array(count * stride);
  for (let i = 0; i < count; i++) result.set(rows.subarray(i * width, (i + 1) * width), i * stride);
  return result;
}
