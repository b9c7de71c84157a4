import { type KvDtype, kvRowBytes } from "./kv_layer.ts";
import { headStride } from "./linear.ts";

/** The numbers of rows as the KV buffers store them: [rows, head dim], float32. */
export function decodeRows(
  bytes: Uint8Array<ArrayBuffer>,
  headDim: number,
  dtype: KvDtype,
): Float32Array<ArrayBuffer> {
  const rowBytes = kvRowBytes(headDim, dtype);
  const stride = headStride(headDim);
  const rows = bytes.length / rowBytes;
  const numbers = new Float32Array(rows * headDim);
  for (let row = 0; row < rows; row++) {
    const at = bytes.byteOffset + row * rowBytes;
    numbers.set(DECODERS[dtype](bytes.buffer, at, stride).subarray(0, headDim), row * headDim);
  }
  return numbers;
}

/** Decode `count` numbers at an offset. */
const DECODERS: Readonly<
  Record<KvDtype, (buffer: ArrayBuffer, offset: number, count: number) => Float32Array<ArrayBuffer>>
> = {
  float32: (buffer, offset, count) => new Float32Array(buffer, offset, count),
  float16: (buffer, offset, count) => Float32Array.from(new Float16Array(buffer, offset, count)),
  bfloat16: (buffer, offset, count) => {
    const halves = new Uint16Array(buffer, offset, count);
    return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
  },
  int8: (buffer, offset, count) => {
    const [scale] = new Float32Array(buffer, offset + count, 1);
    return Float32Array.from(new Int8Array(buffer, offset, count), (code) => code * scale);
  },
};
