import type { KernelConstants } from "./link.ts";
import type { Gpu } from "./gpu.ts";
import { readBytes, readTexture } from "./readback.ts";

/** Storage type of floating-point numbers on the GPU. */
export type StorageDtype = "float32" | "float16" | "bfloat16";

/**
 * 4-bit weights with a scale and a zero per group of columns. Kind "value": w = (q − 8) · scale + zero, zero
 * a bfloat16; "point": w = (q − zero) · scale, zero an integer.
 */
export interface Int4Format {
  /** Columns per group: a multiple of 32, or all. */
  readonly groupSize: number;
  readonly scaleDtype: "float16" | "bfloat16";
  readonly zeroKind: "value" | "point";
}

/** Storage type of a matrix on the GPU. */
export type MatrixFormat = StorageDtype | Int4Format;

/** Bytes per number. */
export const STORAGE_BYTES: Readonly<Record<StorageDtype, number>> = { float32: 4, float16: 2, bfloat16: 2 };

/** Maximum lines of a matrix in one layer of a texture array; a partially written layer is cleared first. */
const MOST_LAYER_LINES = 512;

/** Adjacent rows of a matrix, small enough for one binding. */
export interface MatrixPart {
  readonly store: GPUBuffer | GPUTexture;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * A weight matrix on the GPU, row-major, its columns padded with zeros: see {@link rowBytes}. It is split
 * into parts if larger than a binding, and stored in textures if the driver reads texels faster than words;
 * both are hidden by the operators.
 */
export interface Matrix {
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  readonly format: MatrixFormat;
  readonly storage: "buffer" | "texture";
  /**
   * 8: eight rows, eight apart, are interleaved unit by unit in one line of a texture
   * (kernels/linear/stored_lines.wgsl); 1: each row is a line.
   */
  readonly lineRows: 1 | 8;
  /** Distance between rows 2 i and 2 i + 1, see {@link placeOf}; 1: rows are in order. */
  readonly apart: number;
  readonly parts: readonly MatrixPart[];
  /**
   * Set if columns are stored in a different order than the input's: the input's column at each place, padded
   * to 8.
   */
  readonly columnOrder?: GPUBuffer;
}

/** Rounds a count up to a multiple of 8, so that rows can be read eight numbers at a time. */
export function padTo8(count: number): number {
  return Math.ceil(count / 8) * 8;
}

/** True if a matrix or its format is in 4 bits. */
export function isInt4(format: MatrixFormat): format is Int4Format {
  return typeof format === "object";
}

/** Storage type of a matrix that is never in 4 bits. */
export function floatFormat({ label, format }: Matrix): StorageDtype {
  if (isInt4(format)) throw new Error(`${label}: expected floats, got 4 bits`);
  return format;
}

/**
 * Bytes of a row as stored, a multiple of 16. Floats: padded to a multiple of 8. 4 bits: units of 16 bytes
 * with 32 codes each, lower columns in lower bits; then one word per group, four per unit: scale in the low
 * half, zero in the high half.
 */
export function rowBytes(columns: number, format: MatrixFormat): number {
  if (!isInt4(format)) return padTo8(columns) * STORAGE_BYTES[format];
  return 16 * (int4Units(columns) + Math.ceil(columns / format.groupSize / 4));
}

/** Number of 16-byte units that hold the codes of a row in 4 bits. */
export function int4Units(columns: number): number {
  return Math.ceil(columns / 32);
}

/** The storage layout constants of a matrix for its kernel. */
export function storageConstants(matrix: Matrix): KernelConstants {
  return {
    ...(matrix.apart === 1 ? {} : { APART: matrix.apart }),
    ...(matrix.storage === "buffer"
      ? { ROW_UNITS: rowBytes(matrix.columns, matrix.format) / 16 }
      : { LAYER_LINES: layerLines(matrix) }),
  };
}

/** Storage index of a row, as counted by {@link writeRows} and {@link readRows}. */
export function placeOf({ apart }: Pick<Matrix, "apart">, row: number): number {
  const pair = Math.floor(row / 2);
  return pair + (Math.floor(pair / apart) + row % 2) * apart;
}

/**
 * Allocates a zeroed matrix, split by rows (in multiples of 8) if one part would be too large.
 * @param order the input's column at each place, if columns are reordered
 * @param apart requested distance between rows 2 i and 2 i + 1; ignored (rows stay adjacent) in 4 bits and
 * for several parts
 */
export function allocateMatrix(
  gpu: Gpu,
  label: string,
  rows: number,
  columns: number,
  format: MatrixFormat,
  { order, apart = 1 }: { order?: Uint32Array; apart?: number } = {},
): Matrix {
  const stride = rowBytes(columns, format);
  const { maxTextureDimension2D, maxTextureArrayLayers } = gpu.device.limits;
  const textured = gpu.traits.software && stride / 16 <= maxTextureDimension2D;
  const inLines = textured && isInt4(format) && gpu.traits.subgroupSize === 8 &&
    stride / 2 <= maxTextureDimension2D;
  const lineRows = inLines ? 8 : 1;
  const perPart = textured
    ? maxTextureArrayLayers * MOST_LAYER_LINES * lineRows
    : Math.max(8, Math.floor(gpu.maxBindingBytes / stride / 8) * 8);
  const first = Math.min(rows, perPart);
  const height = layerHeight(linesOf(first, lineRows));
  const parts: MatrixPart[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += perPart) {
    const count = Math.min(perPart, rows - firstRow);
    const store = textured
      ? gpu.texture(label, stride / 16 * lineRows, height, Math.ceil(linesOf(count, lineRows) / height))
      : gpu.storage(label, count * stride);
    parts.push({ store, firstRow, rows: count });
  }
  let columnOrder: GPUBuffer | undefined;
  if (order) {
    const padded = Uint32Array.from({ length: padTo8(columns) }, (_, i) => order[i] ?? i);
    columnOrder = gpu.storage(`${label} columns`, padded.byteLength);
    gpu.write(columnOrder, 0, padded);
  }
  const storage = textured ? "texture" : "buffer";
  const placed = isInt4(format) || parts.length > 1 ? 1 : apart;
  return { label, rows, columns, format, storage, lineRows, apart: placed, parts, columnOrder };
}

/** Bytes of some rows as stored; rounded up to whole blocks of 64 rows if rows share lines. */
export function storedBytes({ columns, format, lineRows }: Matrix, rows: number): number {
  return linesOf(rows, lineRows) * lineRows * rowBytes(columns, format);
}

/** Writes whole rows, as stored, starting at a storage index; a multiple of 64 if rows share lines. */
export function writeRows(gpu: Gpu, matrix: Matrix, firstRow: number, bytes: Uint8Array<ArrayBuffer>): void {
  if (matrix.lineRows === 8 && firstRow % 64 !== 0) throw new RangeError(`${matrix.label}: row ${firstRow}`);
  const stride = rowBytes(matrix.columns, matrix.format) * matrix.lineRows;
  const first = firstRow / matrix.lineRows;
  for (const piece of piecesOf(matrix)) {
    const begin = Math.max(first, piece.firstLine);
    const end = Math.min(first + bytes.length / stride, piece.firstLine + piece.lines);
    if (begin >= end) continue;
    const lines = bytes.subarray((begin - first) * stride, (end - first) * stride);
    if (piece.store instanceof GPUBuffer) gpu.write(piece.store, (begin - piece.firstLine) * stride, lines);
    else gpu.writeTexture(piece.store, piece.layer, begin - piece.firstLine, end - begin, lines);
  }
}

/** Reads the whole matrix back as stored: rows of {@link rowBytes} bytes in storage order. */
export async function readRows(gpu: Gpu, matrix: Matrix): Promise<Uint8Array<ArrayBuffer>> {
  const stride = rowBytes(matrix.columns, matrix.format);
  if (matrix.lineRows !== 1) throw new Error(`${matrix.label}: expected rows that are lines`);
  const bytes = new Uint8Array(matrix.rows * stride);
  for (const piece of piecesOf(matrix)) {
    const read = piece.store instanceof GPUBuffer
      ? await readBytes(gpu, piece.store, piece.lines * stride)
      : await readTexture(gpu, piece.store, piece.layer, piece.lines);
    bytes.set(read, piece.firstLine * stride);
  }
  return bytes;
}

/** Frees a matrix. */
export function freeMatrix(gpu: Gpu, matrix: Matrix): void {
  for (const { store } of matrix.parts) gpu.free(store);
  if (matrix.columnOrder) gpu.free(matrix.columnOrder);
}

/** Number of lines that rows take. */
function linesOf(rows: number, lineRows: 1 | 8): number {
  return lineRows === 1 ? rows : Math.ceil(rows / 64) * 8;
}

/** Lines per layer, with few left empty: a divisor of the total if there is one of suitable size. */
function layerHeight(lines: number): number {
  const least = Math.ceil(lines / MOST_LAYER_LINES);
  for (let layers = least; layers < 2 * least; layers++) if (lines % layers === 0) return lines / layers;
  return Math.ceil(lines / least);
}

/** A part, or one layer of it. */
interface Piece {
  readonly store: GPUBuffer | GPUTexture;
  readonly layer: number;
  readonly firstLine: number;
  readonly lines: number;
}

function piecesOf(matrix: Matrix): Piece[] {
  const height = matrix.storage === "texture" ? layerLines(matrix) : Infinity;
  return matrix.parts.flatMap(({ store, firstRow, rows }) => {
    const lines = linesOf(rows, matrix.lineRows);
    return Array.from({ length: Math.max(1, Math.ceil(lines / height)) }, (_, layer) => {
      const before = layer === 0 ? 0 : layer * height;
      return {
        store,
        layer,
        firstLine: firstRow / matrix.lineRows + before,
        lines: Math.min(height, lines - before),
      };
    });
  });
}

/** Lines per layer of a matrix in textures, the same in all its parts. */
function layerLines({ parts }: Matrix): number {
  return (parts[0].store as GPUTexture).height;
}
