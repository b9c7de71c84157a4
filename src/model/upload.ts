import { convertWeights, fromFloat32, toFloat32 } from "../checkpoint/convert.ts";
import { weightDtype } from "../checkpoint/dtypes.ts";
import type { Int4Rows } from "../checkpoint/int4_source.ts";
import type { Checkpoint, TensorInfo } from "../checkpoint/types.ts";
import { type Gpu, UPLOAD_CHUNK_BYTES } from "../gpu/gpu.ts";
import { packInt4 } from "../gpu/int4.ts";
import {
  allocateMatrix,
  isInt4,
  type Matrix,
  padTo8,
  rowBytes,
  STORAGE_BYTES,
  type StorageDtype,
  storedBytes,
  writeRows,
} from "../gpu/matrix.ts";
import { columnOrder, commonFormat, decodeInt4 } from "./int4_rows.ts";
import { type Band, isInt4Source, type Piece, piecesOf, rangesOf, rowsOf, type RowSource } from "./pieces.ts";

/** Chunks that the driver may hold before it is waited for. */
export const STAGED_CHUNKS = 4;
/** Pieces that are read while another is converted and handed to the driver. */
const AHEAD = 1;

/** Starts to read something; what it gives then converts it and hands it to the driver. */
type Job = () => Promise<() => void>;

/**
 * Brings tensors to the GPU in small pieces; host memory stays at a few of them whatever the checkpoint's size. All
 * room on the device is made first and filled by {@link run} then: what is staged on the way would otherwise leave
 * holes between what stays. Reading, converting and the driver's copying go on at the same time.
 */
export class Uploader {
  #unflushed = 0;
  readonly #jobs: Job[] = [];
  /** Taken again and again: fresh ones would wait for the garbage collector. */
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  constructor(
    readonly gpu: Gpu,
    readonly checkpoint: Checkpoint,
    readonly dtype: StorageDtype | "auto",
    readonly signal?: AbortSignal,
  ) {}

  /** Fills all that was made. */
  async run(): Promise<void> {
    await this.gpu.check();
    const jobs = this.#jobs.splice(0);
    const started: Promise<() => void>[] = [];
    for (let next = 0; next < jobs.length || started.length > 0;) {
      while (started.length <= AHEAD && next < jobs.length) {
        this.signal?.throwIfAborted();
        const job = jobs[next++]();
        job.catch(() => {}); // it is awaited below, unless one before it fails
        started.push(job);
      }
      (await started.shift()!)();
      if (this.#unflushed < STAGED_CHUNKS * UPLOAD_CHUNK_BYTES) continue;
      // The driver stages what is written until it has copied it: it is waited for before that piles up.
      this.#unflushed = 0;
      await this.gpu.drain();
    }
    await this.gpu.drain();
  }

  /**
   * Makes a matrix of bands, in 4 bits where all of it comes so and in one format; else stored as asked for, or as its
   * tensors are, or in float32 where they differ.
   */
  matrix(label: string, bands: readonly Band[]): Matrix {
    const sources = [...new Set(bands.flatMap(({ runs }) => runs.map(({ source }) => source)))];
    const [first] = sources;
    const columns = first.shape[1];
    const format = commonFormat(sources) ?? this.#floatFormat(sources);
    const order = isInt4(format) && isInt4Source(first) ? columnOrder(first) : undefined;
    const matrix = allocateMatrix(this.gpu, label, rowsOf(bands), columns, format, order);
    const widest = Math.max(rowBytes(columns, format), ...sources.map(sourceRowBytes));
    const most = Math.max(1, Math.floor(UPLOAD_CHUNK_BYTES / widest / 64)) * 64;
    for (const piece of piecesOf(bands, most)) {
      this.#jobs.push(() => this.#fill(matrix, piece, order));
    }
    return matrix;
  }

  /** Makes a vector of bands in float32, padded with zeros. */
  vector(label: string, bands: readonly Band[]): GPUBuffer {
    const buffer = this.gpu.storage(label, padTo8(rowsOf(bands)) * 4);
    const [piece] = piecesOf(bands, Infinity);
    this.#jobs.push(async () => {
      const parts = new Map<RowSource, Float32Array>();
      for (const [source, { row, count }] of rangesOf(piece)) {
        parts.set(source, await this.floats(source as TensorInfo, row, count));
      }
      return () => {
        const values = new Float32Array(buffer.size / 4);
        const ranges = rangesOf(piece);
        for (const { source, row, count, to, step } of piece.segments) {
          const part = parts.get(source)!;
          const from = row - ranges.get(source)!.row;
          for (let i = 0; i < count; i++) values[to + i * step] = part[from + i];
        }
        this.gpu.write(buffer, 0, values);
      };
    });
    return buffer;
  }

  /** Numbers of a tensor, counted through it. */
  async floats(tensor: TensorInfo, from: number, count: number): Promise<Float32Array> {
    const dtype = weightDtype(tensor);
    const bytes = new Uint8Array(count * STORAGE_BYTES[dtype]);
    await this.checkpoint.read(tensor, from * STORAGE_BYTES[dtype], bytes);
    return toFloat32(bytes, dtype);
  }

  #floatFormat(sources: readonly RowSource[]): StorageDtype {
    if (this.dtype !== "auto") return this.dtype;
    const stored = new Set(sources.map((source) => isInt4Source(source) ? "float32" : weightDtype(source)));
    return stored.size === 1 ? [...stored][0] : "float32";
  }

  /** Reads what a piece wants of its sources, all at once. */
  async #fill(matrix: Matrix, piece: Piece, order?: Uint32Array): Promise<() => void> {
    const ranges = rangesOf(piece);
    const read = new Map<RowSource, Int4Rows | Uint8Array<ArrayBuffer>>();
    await Promise.all([...ranges].map(async ([source, { row, count }]) => {
      if (isInt4Source(source)) {
        read.set(source, await source.read(row, count));
      } else {
        const width = sourceRowBytes(source);
        const bytes = this.#take(count * width);
        await this.checkpoint.read(source, row * width, bytes);
        read.set(source, bytes);
      }
    }));
    return () => {
      this.#put(matrix, piece, ranges, read, order);
      for (const bytes of read.values()) if (bytes instanceof Uint8Array) this.#give(bytes);
    };
  }

  /** Converts what was read, brings the rows into the piece's order, and hands them to the driver. */
  #put(
    matrix: Matrix,
    piece: Piece,
    ranges: ReturnType<typeof rangesOf>,
    read: ReadonlyMap<RowSource, Int4Rows | Uint8Array<ArrayBuffer>>,
    order?: Uint32Array,
  ): void {
    const { format, columns } = matrix;
    const stride = rowBytes(columns, format);
    const [{ source }] = piece.segments;
    const asItIs = piece.segments.length === 1 && !isInt4Source(source) && weightDtype(source) === format &&
      sourceRowBytes(source) === stride;
    if (asItIs) return this.#write(matrix, piece.firstRow, read.get(source) as Uint8Array<ArrayBuffer>);
    const chunk = this.#take(storedBytes(matrix, piece.rows));
    if (isInt4(format)) {
      if (chunk.length > piece.rows * stride) chunk.fill(0); // rows that there are not
      for (const { source, row, count, to, step } of piece.segments) {
        const rows = partOf(read.get(source) as Int4Rows, row - ranges.get(source)!.row, count);
        packInt4({ ...matrix, format }, rows, { into: chunk, to, step, order });
      }
    } else {
      const width = columns * STORAGE_BYTES[format];
      if (width < stride) chunk.fill(0); // the padding
      for (const { source, row, count, to, step } of piece.segments) {
        const rows = read.get(source)!;
        const from = row - ranges.get(source)!.row;
        for (let i = 0; i < count; i++) {
          chunk.set(floatRow(source, rows, from + i, format), (to + i * step) * stride);
        }
      }
    }
    this.#write(matrix, piece.firstRow, chunk);
    this.#give(chunk);
  }

  #write(matrix: Matrix, row: number, chunk: Uint8Array<ArrayBuffer>): void {
    writeRows(this.gpu, matrix, row, chunk);
    this.gpu.flush();
    this.#unflushed += chunk.length;
  }

  #take(length: number): Uint8Array<ArrayBuffer> {
    const at = this.#free.findIndex(({ buffer }) => buffer.byteLength >= length);
    const [found] = at < 0 ? [] : this.#free.splice(at, 1);
    return new Uint8Array(found?.buffer ?? new ArrayBuffer(Math.max(length, UPLOAD_CHUNK_BYTES)), 0, length);
  }

  #give(bytes: Uint8Array<ArrayBuffer>): void {
    this.#free.push(bytes);
  }
}

/** Bytes of a row as its source stores it. */
function sourceRowBytes(source: RowSource): number {
  return source.shape[1] * (isInt4Source(source) ? 2 : STORAGE_BYTES[weightDtype(source)]);
}

/** A row in a storage type. Row by row, for what is made on the way is garbage and should be little. */
function floatRow(
  source: RowSource,
  rows: Int4Rows | Uint8Array,
  row: number,
  format: StorageDtype,
): Uint8Array {
  if (isInt4Source(source)) {
    return fromFloat32(decodeInt4(source, partOf(rows as Int4Rows, row, 1)), format);
  }
  const width = sourceRowBytes(source);
  const bytes = (rows as Uint8Array).subarray(row * width, (row + 1) * width);
  return convertWeights(bytes, weightDtype(source), format);
}

function partOf({ rows, codes, scales, zeros }: Int4Rows, from: number, count: number): Int4Rows {
  const part = <T extends { length: number; subarray(begin: number, end: number): T }>(array: T): T => {
    const width = array.length / rows;
    return array.subarray(from * width, (from + count) * width);
  };
  return { rows: count, codes: part(codes), scales: part(scales), zeros: part(zeros) };
}
