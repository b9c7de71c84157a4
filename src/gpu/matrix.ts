import type { Gpu } from "./gpu.ts";

/** How the numbers of a matrix are stored on the GPU. */
export type StorageDtype = "float32" | "float16" | "bfloat16";

/** Bytes of one number. */
export const STORAGE_BYTES: Readonly<Record<StorageDtype, number>> = { float32: 4, float16: 2, bfloat16: 2 };

/** Some neighbouring rows of a matrix in one buffer, small enough to bind. */
export interface MatrixPart {
  readonly buffer: GPUBuffer;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * A weight matrix on the GPU, row-major, its columns padded with zeros to a multiple of 8. Where it is larger than a
 * binding it lies in several parts; nobody above the operators sees that.
 */
export interface Matrix {
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly dtype: StorageDtype;
  readonly parts: readonly MatrixPart[];
}

/** Floats or other numbers, rounded up so that rows can be read eight at a time. */
export function padTo8(count: number): number {
  return Math.ceil(count / 8) * 8;
}

/** Bytes of a row as stored. */
export function rowBytes(columns: number, dtype: StorageDtype): number {
  return padTo8(columns) * STORAGE_BYTES[dtype];
}

/** Allocates a matrix, split by rows (in multiples of 8) where a binding is too small for it. */
export function allocateMatrix(
  gpu: Gpu,
  label: string,
  rows: number,
  columns: number,
  dtype: StorageDtype,
): Matrix {
  const stride = rowBytes(columns, dtype);
  const perPart = Math.max(8, Math.floor(gpu.maxBindingBytes / stride / 8) * 8);
  const parts: MatrixPart[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += perPart) {
    const count = Math.min(perPart, rows - firstRow);
    parts.push({ buffer: gpu.storage(label, count * stride), firstRow, rows: count });
  }
  return { label, rows, columns, dtype, parts };
}

/** Frees a matrix. */
export function freeMatrix(gpu: Gpu, matrix: Matrix): void {
  for (const part of matrix.parts) gpu.free(part.buffer);
}
