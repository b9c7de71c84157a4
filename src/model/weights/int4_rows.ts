import type { Int4Rows, Int4Source } from "../../checkpoint/int4/int4_source.ts";
import { toFloat32 } from "../../checkpoint/safetensors/convert.ts";
import type { Int4Format } from "../../gpu/matrix.ts";
import { isInt4Source, type RowSource } from "./pieces.ts";

/**
 * The format that holds all these sources without conversion; undefined if there is none: some are floats,
 * formats differ, or a group is not a multiple of 32 columns.
 */
export function commonFormat(sources: readonly RowSource[]): Int4Format | undefined {
  const [first, ...others] = sources;
  if (!isInt4Source(first)) return undefined;
  const { groupSize, scaleDtype, zeroKind } = first;
  if (groupSize % 32 !== 0 && groupSize !== first.shape[1]) return undefined;
  if (first.columnGroups && !columnOrder(first)) return undefined;
  const same = others.every((other) =>
    isInt4Source(other) && other.groupSize === groupSize && other.scaleDtype === scaleDtype &&
    other.zeroKind === zeroKind && sameGroups(first, other)
  );
  return same ? { groupSize, scaleDtype, zeroKind } : undefined;
}

function sameGroups({ columnGroups: a }: Int4Source, { columnGroups: b }: Int4Source): boolean {
  return a === b || (a !== undefined && b !== undefined && a.every((group, column) => group === b[column]));
}

/**
 * The column order that makes groups contiguous, if they are not already: place i holds column `order[i]`.
 * Also undefined if groups differ in size.
 */
export function columnOrder({ columnGroups, groupSize, shape }: Int4Source): Uint32Array | undefined {
  if (!columnGroups) return undefined;
  const order = Uint32Array.from({ length: shape[1] }, (_, column) => column)
    .sort((a, b) => columnGroups[a] - columnGroups[b] || a - b);
  return order.every((column, i) => columnGroups[column] === Math.floor(i / groupSize)) ? order : undefined;
}

/**
 * Dequantizes rows in 4 bits to [rows, columns].
 * @param values output array; default: a new one
 */
export function decodeInt4(
  source: Int4Source,
  { rows, codes, scales, zeros }: Int4Rows,
  values: Float32Array = new Float32Array(rows * source.shape[1]),
): Float32Array {
  const columns = source.shape[1];
  const groups = scales.length / rows;
  const wide = (bits: Uint16Array, dtype: "float16" | "bfloat16") =>
    toFloat32(new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength), dtype);
  const scale = wide(scales, source.scaleDtype);
  const zero = source.zeroKind === "value" ? wide(zeros, "bfloat16") : zeros;
  const rowBytes = Math.ceil(columns / 2);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const q = codes[row * rowBytes + (column >> 1)] >> (4 * (column & 1)) & 15;
      const at = row * groups + (source.columnGroups?.[column] ?? Math.floor(column / source.groupSize));
      values[row * columns + column] = source.zeroKind === "value"
        ? (q - 8) * scale[at] + zero[at]
        : (q - zero[at]) * scale[at];
    }
  }
  return values;
}
