/** Helpers for 4-bit matrices, shared by tests, measurements and `llama doctor`. */
import { type Int4Values, packInt4 } from "../gpu/int4.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { allocateMatrix, type Int4Format, type Matrix, storedBytes, writeRows } from "../gpu/matrix.ts";
import { Random } from "../base/random.ts";
import { numbers, stored } from "./trial.ts";

/**
 * Random rows in 4 bits: the dequantized numbers, [rows, width], and the packed rows.
 * @param order the column at each place of the matrix
 */
export function int4Rows(
  rows: number,
  width: number,
  format: Int4Format,
  order?: Uint32Array,
): { weight: Float64Array; values: Int4Values } {
  const { groupSize, scaleDtype, zeroKind } = format;
  const groups = Math.ceil(width / groupSize);
  const random = new Random(7);
  const codes = Uint8Array.from({ length: rows * Math.ceil(width / 2) }, () => random.below(256));
  const scales = stored(numbers(8, rows * groups, 0.01, 0.05), scaleDtype);
  const zeros = zeroKind === "value"
    ? stored(numbers(9, rows * groups, 0.3), "bfloat16")
    : Float64Array.from({ length: rows * groups }, () => random.below(17));
  const weight = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < width; place++) {
      const column = order?.[place] ?? place;
      const q = codes[row * Math.ceil(width / 2) + (column >> 1)] >> (4 * (column & 1)) & 15;
      const group = row * groups + Math.floor(place / groupSize);
      weight[row * width + column] = zeroKind === "value"
        ? (q - 8) * scales[group] + zeros[group]
        : (q - zeros[group]) * scales[group];
    }
  }
  const values: Int4Values = {
    rows,
    codes,
    scales: scaleDtype === "bfloat16"
      ? bfloatBits(scales)
      : new Uint16Array(Float16Array.from(scales).buffer),
    zeros: zeroKind === "value" ? bfloatBits(zeros) : Uint16Array.from(zeros),
  };
  return { weight, values };
}

/** Allocates a 4-bit matrix and uploads `values` to it. */
export function int4Matrix(
  gpu: Gpu,
  columns: number,
  format: Int4Format,
  values: Int4Values,
  order?: Uint32Array,
): Matrix {
  const matrix = allocateMatrix(gpu, "weight", values.rows, columns, format, { order });
  const into = new Uint8Array(storedBytes(matrix, values.rows));
  packInt4({ ...matrix, format }, values, { into, to: 0, step: 1, order });
  writeRows(gpu, matrix, 0, into);
  return matrix;
}

/** Bits of numbers that bfloat16 represents exactly. */
function bfloatBits(values: Float64Array): Uint16Array {
  return Uint16Array.from(new Uint32Array(Float32Array.from(values).buffer), (bits) => bits >>> 16);
}
