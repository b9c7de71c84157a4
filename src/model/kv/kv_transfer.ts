import { readBytes } from "../../gpu/readback.ts";
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

/** Reads a range after all previously submitted work: [kv heads, length] rows as stored. */
export async function readSlot(
  kv: KvBuffers,
  { slot, length, layer, part }: SlotStretch,
): Promise<Uint8Array<ArrayBuffer>> {
  const { gpu, rowBytes, shape: { kvHeads } } = kv;
  const strip = length * rowBytes;
  const staging = gpu.storage("slot staging", kvHeads * strip);
  try {
    const encoder = gpu.device.createCommandEncoder();
    for (let head = 0; head < kvHeads; head++) {
      const { buffer, offset } = kv.place(layer, part, slot, head);
      encoder.copyBufferToBuffer(buffer, offset, staging, head * strip, strip);
    }
    gpu.submit(encoder.finish());
    return await readBytes(gpu, staging, kvHeads * strip);
  } finally {
    gpu.free(staging);
  }
}

/** Writes a range; `rows` come from {@linkcode readSlot} on KV buffers of the same shape and storage type. */
export function writeSlot(
  kv: KvBuffers,
  { slot, length, layer, part }: SlotStretch,
  rows: Uint8Array<ArrayBuffer>,
): void {
  const { gpu, rowBytes, capacity, shape: { kvHeads } } = kv;
  const strip = length * rowBytes;
  if (length > capacity || rows.length !== kvHeads * strip) {
    throw new RangeError(`write of ${rows.length} bytes, ${length} positions, into a cache of ${capacity}`);
  }
  for (let head = 0; head < kvHeads; head++) {
    const { buffer, offset } = kv.place(layer, part, slot, head);
    gpu.write(buffer, offset, rows.subarray(head * strip, (head + 1) * strip));
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
  const { shape: { kvHeads, layers }, rowBytes } = from;
  const encoder = from.gpu.device.createCommandEncoder();
  for (let layer = 0; layer < layers; layer++) {
    for (const part of PARTS) {
      for (const [source, target] of pairs) {
        for (let head = 0; head < kvHeads; head++) {
          const [read, write] = [from.place(layer, part, source, head), to.place(layer, part, target, head)];
          encoder.copyBufferToBuffer(read.buffer, read.offset, write.buffer, write.offset, length * rowBytes);
        }
      }
    }
  }
  from.gpu.submit(encoder.finish());
}
