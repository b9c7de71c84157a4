import { toFloat32 } from "../../src/checkpoint/safetensors/convert.ts";
import type { Int4Rows, Int4Source } from "../../src/checkpoint/int4/int4_source.ts";

/** Helpers for the tests of weights in 4 bits; the program does not use them. */

/** The weights of some rows of a source. */
export function dequantize(source: Int4Source, rows: Int4Rows): Float32Array {
  const columns = source.shape[1];
  const groups = columns / source.groupSize;
  const floats = (bits: Uint16Array, dtype: "float16" | "bfloat16") =>
    toFloat32(new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength), dtype);
  const scales = floats(rows.scales, source.scaleDtype);
  const zeros = source.zeroKind === "value" ? floats(rows.zeros, "bfloat16") : rows.zeros;
  return Float32Array.from({ length: rows.rows * columns }, (_, i) => {
    const column = i % columns;
    const group = source.columnGroups?.[column] ?? Math.floor(column / source.groupSize);
    const at = Math.floor(i / columns) * groups + group;
    const code = rows.codes[i >> 1] >> 4 * (i % 2) & 15;
    return source.zeroKind === "value"
      ? (code - 8) * scales[at] + zeros[at]
      : (code - zeros[at]) * scales[at];
  });
}
