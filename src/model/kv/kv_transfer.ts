import { readFloats } from "../../gpu/readback.ts";
import { headStride } from "../../ops/linear.ts";
import type { KvBuffers } from "./kv_buffers.ts";

/** Keys (rotated) or values. */
export type KvPart = "keys" | "values";

const PARTS: readonly KvPart[] = ["keys", "values"];

/** A range of a cache: the first `length` positions of a slot in one layer. */
export interface SlotStretch {
  readonly slot: number;
  readonly length: number;
  readonly layer: number;
  readonly part: KvPart;
}

/** Reads a range after all previously submitted work: [kv heads, length, head dim], float32. */
export async function readSlot(
  kv: KvBuffers,
  stretch: SlotStretch,
): Promise<Float32Array<ArrayBuffer>> {
  const { gpu, capacity, shape: { kvHeads, headDim } } = kv;
  const { slot, length, layer, part } = stretch;
  const stride = headStride(headDim);
  const strip = length * stride * 4;
  const staging = gpu.storage("slot staging", kvHeads * strip);
  try {
    const encoder = gpu.device.createCommandEncoder();
    for (let head = 0; head < kvHeads; head++) {
      const from = (slot * kvHeads + head) * capacity * stride * 4;
      encoder.copyBufferToBuffer(kv.layers[layer][part], from, staging, head * strip, strip);
    }
    gpu.submit(encoder.finish());
    return narrow(await readFloats(gpu, staging, kvHeads * length * stride), stride, headDim);
  } finally {
    gpu.free(staging);
  }
}

/** Writes a range; `rows` come from {@linkcode readSlot} on a cache of the same shape. */
export function writeSlot(kv: KvBuffers, stretch: SlotStretch, rows: Float32Array): void {
  const { gpu, capacity, shape: { kvHeads, headDim } } = kv;
  const { slot, length, layer, part } = stretch;
  if (length > capacity || rows.length !== kvHeads * length * headDim) {
    throw new RangeError(`write of ${rows.length} numbers, ${length} positions, into a cache of ${capacity}`);
  }
  const stride = headStride(headDim);
  const wide = widen(rows, stride, headDim);
  for (let head = 0; head < kvHeads; head++) {
    gpu.write(
      kv.layers[layer][part],
      (slot * kvHeads + head) * capacity * stride * 4,
      wide.subarray(head * length * stride, (head + 1) * length * stride),
    );
  }
}

/**
 * Copies the first positions of slots to slots of another cache of the same shape, given as source-target
 * pairs.
 */
export function copySlots(
  from: KvBuffers,
  to: KvBuffers,
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

/** Removes the head padding of rows. */
function narrow(rows: Float32Array, stride: number, width: number): Float32Array<ArrayBuffer> {
  if (stride === width) return rows.slice();
  const count = rows.length / stride;
  const result = new Float32Array(count * width);
  for (let i = 0; i < count; i++) result.set(rows.subarray(i * stride, i * stride + width), i * width);
  return result;
}

/** Adds the head padding to rows. */
function widen(rows: Float32Array, stride: number, width: number): Float32Array<ArrayBuffer> {
  const count = rows.length / width;
  const result = new Float32Array(count * stride);
  for (let i = 0; i < count; i++) result.set(rows.subarray(i * width, (i + 1) * width), i * stride);
  return result;
}
