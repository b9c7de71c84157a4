/** Keys and values as the KV buffers store them, shared by tests and `llama doctor`. */
import { type KvDtype, type KvLayer, kvRowBytes, kvTexels } from "../ops/kv_layer.ts";
import { type HeadShape, headStride } from "../ops/linear.ts";
import { mirrorKv } from "../ops/mirror_kv.ts";
import { encode, type KernelTest, padRows, stored } from "./trial.ts";

/** Keys and values of one layer, [slots, kv heads, capacity, head dim]. */
export interface KvNumbers {
  readonly keys: Float64Array;
  readonly values: Float64Array;
  readonly slots: number;
  readonly capacity: number;
}

/** Numbers of heads as a storage type represents them; `rows` are heads of `headDim` numbers. */
export function keptRows(rows: Float64Array, headDim: number, dtype: KvDtype): Float64Array {
  if (dtype !== "int8") return stored(rows, dtype);
  return rows.map((x, i) => {
    const scale = scaleOf(rows, headDim, Math.floor(i / headDim));
    return scale === 0 ? 0 : Math.round(x / scale) * scale;
  });
}

/** The same as bytes. */
export function encodeRows(rows: Float64Array, headDim: number, dtype: KvDtype): Uint8Array<ArrayBuffer> {
  const stride = headStride(headDim);
  if (dtype !== "int8") return encode(padRows(rows, headDim, stride), dtype);
  const rowBytes = kvRowBytes(headDim, dtype);
  const bytes = new Uint8Array(rows.length / headDim * rowBytes);
  for (let row = 0; row < rows.length / headDim; row++) {
    const scale = scaleOf(rows, headDim, row);
    const codes = rows.subarray(row * headDim, (row + 1) * headDim)
      .map((x) => scale === 0 ? 0 : Math.round(x / scale));
    bytes.set(new Uint8Array(Int8Array.from(codes).buffer), row * rowBytes);
    bytes.set(new Uint8Array(Float32Array.of(scale).buffer), row * rowBytes + stride);
  }
  return bytes;
}

/** A layer that holds these numbers, in one share; with mirrors, steps that fill them are appended to the plan. */
export function kvLayer(
  test: KernelTest,
  shape: HeadShape,
  dtype: KvDtype,
  { keys, values, slots, capacity }: KvNumbers,
  mirrored: boolean,
): KvLayer {
  const { kvHeads, headDim } = shape;
  const buffer = (rows: Float64Array, label: string) => test.bytes(encodeRows(rows, headDim, dtype), label);
  const shares = [{
    firstHead: 0,
    heads: kvHeads,
    keys: buffer(keys, "keys"),
    values: buffer(values, "values"),
  }];
  if (!mirrored) return { dtype, shares };
  const mirror = (label: string) => test.texture(label, kvTexels(headDim, dtype), capacity, slots * kvHeads);
  const kv = { dtype, shares, mirrors: { keys: mirror("key mirror"), values: mirror("value mirror") } };
  for (let slot = 0; slot < slots; slot++) {
    const batch = test.words([capacity, capacity, 0, 0, 0, slot, 0, 0], "mirrored rows");
    mirrorKv(test.plan, { ...shape, kv, batch, length: capacity });
  }
  return kv;
}

function scaleOf(rows: Float64Array, headDim: number, row: number): number {
  let largest = 0;
  for (let i = row * headDim; i < (row + 1) * headDim; i++) largest = Math.max(largest, Math.abs(rows[i]));
  return Math.fround(largest / 127);
}
