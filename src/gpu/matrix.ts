import type { KernelConstants } from "./link.ts";
import type { Gpu } from "./gpu.ts";
import { readBytes, readTexture } from "./readback.ts";

/** How floating-point numbers are stored on the GPU. */
export type StorageDtype = "float32" | "float16" | "bfloat16";

/**
 * Weights in 4 bits, a scale and a zero for each group of columns. Kind "value": w = (q − 8) · scale + zero, a
 * bfloat16; "point": w = (q − zero) · scale, a whole number.
 */
export interface Int4Format {
  /** Columns a group: a multiple of 32, or all. */
  readonly groupSize: number;
  readonly scaleDtype: "float16" | "bfloat16";
  readonly zeroKind: "value" | "point";
}

/** How the numbers of a matrix are stored on the GPU. */
export type MatrixFormat = StorageDtype | Int4Format;

/** Bytes of one number. */
export const STORAGE_BYTES: Readonly<Record<StorageDtype, number>> = { float32: 4, float16: 2, bfloat16: 2 };

/** Most rows of a matrix in one layer of a texture array: a layer of which only a part is written is cleared first. */
const MOST_LAYER_ROWS = 512;

/** Some neighbouring rows of a matrix, small enough to bind. */
export interface MatrixPart {
  readonly store: GPUBuffer | GPUTexture;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * A weight matrix on the GPU, row-major, its columns padded with zeros: see {@link rowBytes}. Where it is larger than a
 * binding it lies in several parts, and where the driver fetches texels faster than words it lies in textures; nobody
 * above the operators sees either.
 */
export interface Matrix {
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly format: MatrixFormat;
  readonly storage: "buffer" | "texture";
  readonly parts: readonly MatrixPart[];
  /** Where columns stand in another order than the input's: the input's column at each place, padded to 8. */
  readonly columnOrder?: GPUBuffer;
}

/** Floats or other numbers, rounded up so that rows can be read eight at a time. */
export function padTo8(count: number): number {
  return Math.ceil(count / 8) * 8;
}

/** Whether a matrix or its format is in 4 bits. */
export function isInt4(format: MatrixFormat): format is Int4Format {
  return typeof format === "object";
}

/** Storage type of a matrix that is never in 4 bits. */
export function floatFormat({ label, format }: Matrix): StorageDtype {
  if (isInt4(format)) throw new Error(`${label}: expected floats, got 4 bits`);
  return format;
}

/**
 * Bytes of a row as stored, a multiple of 16. Floats: a multiple of 8 of them. 4 bits: units of 16 bytes that hold 32
 * codes each, the lower columns in the lower bits; then a word a group, four a unit: its scale below, its zero above.
 */
export function rowBytes(columns: number, format: MatrixFormat): number {
  if (!isInt4(format)) return padTo8(columns) * STORAGE_BYTES[format];
  return 16 * (int4Units(columns) + Math.ceil(columns / format.groupSize / 4));
}

/** 16-byte units that hold the codes of a row in 4 bits. */
export function int4Units(columns: number): number {
  return Math.ceil(columns / 32);
}

/** What a kernel must be told of how the matrix lies, beside its parts. */
export function storageConstants(matrix: Matrix): KernelConstants {
  return matrix.storage === "buffer"
    ? { ROW_UNITS: rowBytes(matrix.columns, matrix.format) / 16 }
    : { LAYER_ROWS: layerRows(matrix) };
}

/**
 * Allocates a matrix, zeroed, split by rows (in multiples of 8) where one piece would be too large.
 * @param order the input's column at each place, where that is not the place itself
 */
export function allocateMatrix(
  gpu: Gpu,
  label: string,
  rows: number,
  columns: number,
  format: MatrixFormat,
  order?: Uint32Array,
): Matrix {
  const stride = rowBytes(columns, format);
  const { maxTextureDimension2D, maxTextureArrayLayers } = gpu.device.limits;
  const textured = gpu.traits.software && stride / 16 <= maxTextureDimension2D;
  const perPart = textured
    ? maxTextureArrayLayers * MOST_LAYER_ROWS
    : Math.max(8, Math.floor(gpu.maxBindingBytes / stride / 8) * 8);
  const first = Math.min(rows, perPart);
  const height = layerHeight(first);
  const parts: MatrixPart[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += perPart) {
    const count = Math.min(perPart, rows - firstRow);
    const store = textured
      ? gpu.texture(label, stride / 16, height, Math.ceil(count / height))
      : gpu.storage(label, count * stride);
    parts.push({ store, firstRow, rows: count });
  }
  let columnOrder: GPUBuffer | undefined;
  if (order) {
    const padded = Uint32Array.from({ length: padTo8(columns) }, (_, i) => order[i] ?? i);
    columnOrder = gpu.storage(`${label} columns`, padded.byteLength);
    gpu.write(columnOrder, 0, padded);
  }
  return { label, rows, columns, format, storage: textured ? "texture" : "buffer", parts, columnOrder };
}

/** Writes whole rows, as stored, from a row on. */
export function writeRows(gpu: Gpu, matrix: Matrix, firstRow: number, bytes: Uint8Array<ArrayBuffer>): void {
  const stride = rowBytes(matrix.columns, matrix.format);
  const pieces: readonly Piece[] = matrix.storage === "buffer" ? matrix.parts : layersOf(matrix);
  for (const piece of pieces) {
    const begin = Math.max(firstRow, piece.firstRow);
    const end = Math.min(firstRow + bytes.length / stride, piece.firstRow + piece.rows);
    if (begin >= end) continue;
    const rows = bytes.subarray((begin - firstRow) * stride, (end - firstRow) * stride);
    if (piece.store instanceof GPUBuffer) gpu.write(piece.store, (begin - piece.firstRow) * stride, rows);
    else gpu.writeTexture(piece.store, piece.layer ?? 0, begin - piece.firstRow, end - begin, rows);
  }
}

/** Reads the whole matrix back as stored, rows of {@link rowBytes} bytes. */
export async function readRows(gpu: Gpu, matrix: Matrix): Promise<Uint8Array<ArrayBuffer>> {
  const stride = rowBytes(matrix.columns, matrix.format);
  const bytes = new Uint8Array(matrix.rows * stride);
  const pieces: readonly Piece[] = matrix.storage === "buffer" ? matrix.parts : layersOf(matrix);
  for (const piece of pieces) {
    const read = piece.store instanceof GPUBuffer
      ? await readBytes(gpu, piece.store, piece.rows * stride)
      : await readTexture(gpu, piece.store, piece.layer ?? 0, piece.rows);
    bytes.set(read, piece.firstRow * stride);
  }
  return bytes;
}

/** Frees a matrix. */
export function freeMatrix(gpu: Gpu, matrix: Matrix): void {
  for (const { store } of matrix.parts) gpu.free(store);
  if (matrix.columnOrder) gpu.free(matrix.columnOrder);
}

/** Rows of a layer, so that few stay empty: a divisor of all where there is one of some size. */
function layerHeight(rows: number): number {
  const least = Math.ceil(rows / MOST_LAYER_ROWS);
  for (let layers = least; layers < 2 * least; layers++) if (rows % layers === 0) return rows / layers;
  return Math.ceil(rows / least);
}

/** A part, or one layer of it. */
type Piece = MatrixPart & { readonly layer?: number };

function layersOf(matrix: Matrix): Piece[] {
  const height = layerRows(matrix);
  return matrix.parts.flatMap((part) =>
    Array.from({ length: Math.ceil(part.rows / height) }, (_, layer) => ({
      store: part.store,
      layer,
      firstRow: part.firstRow + layer * height,
      rows: Math.min(height, part.rows - layer * height),
    }))
  );
}

/** Rows in a layer of a matrix in textures, the same in all its parts. */
function layerRows({ parts }: Matrix): number {
  return (parts[0].store as GPUTexture).height;
}
