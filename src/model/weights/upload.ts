import { BufferPool } from "../../checkpoint/int4/buffer_pool.ts";
import { type Converter, converter, toFloat32 } from "../../checkpoint/safetensors/convert.ts";
import { weightDtype } from "../../checkpoint/tensors/dtypes.ts";
import type { Int4Rows, Int4Source } from "../../checkpoint/int4/int4_source.ts";
import type { Checkpoint, TensorInfo } from "../../checkpoint/tensors/types.ts";
import { type Gpu, UPLOAD_CHUNK_BYTES } from "../../gpu/gpu.ts";
import { packInt4 } from "../../gpu/int4.ts";
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
} from "../../gpu/matrix.ts";
import { columnOrder, commonFormat, decodeInt4 } from "./int4_rows.ts";
import {
  type Band,
  isInt4Source,
  oneAfterAnother,
  pairsApart,
  type Piece,
  piecesOf,
  rangesOf,
  rowsOf,
  type RowSource,
} from "./pieces.ts";

/** Chunks that the driver may hold before the upload waits for it. */
export const STAGED_CHUNKS = 16;
/** Pieces read ahead while another is converted and written. */
const AHEAD = 1;

/** Starts reading; the returned function converts the data and writes it to the device. */
type Job = () => Promise<() => void>;

/** Data read from each source, starting at a row. */
type ReadRows = Map<RowSource, { readonly row: number; readonly rows: Int4Rows | Uint8Array<ArrayBuffer> }>;

/** Layout of rows of floats. */
interface Rows {
  readonly columns: number;
  /** Bytes from one row to the next. */
  readonly stride: number;
  readonly format: StorageDtype;
}

/**
 * Uploads tensors to the GPU in small pieces; host memory stays at a few of them whatever the checkpoint's
 * size. All device memory is allocated first and then filled by {@link run}: staging memory would otherwise
 * leave gaps between lasting allocations. Reading, converting and the driver's copying overlap.
 */
export class Uploader {
  #unflushed = 0;
  /** Created lazily: a model of hundreds of gigabytes has hundreds of thousands. */
  readonly #jobs: Iterable<Job>[] = [];
  /** All host memory that scales with a piece. */
  readonly pool: BufferPool = new BufferPool();

  constructor(
    readonly gpu: Gpu,
    readonly checkpoint: Checkpoint,
    readonly dtype: StorageDtype | "auto",
    readonly signal?: AbortSignal,
  ) {}

  /**
   * Fills all allocations.
   * @param meanwhile work to do, step by step, whenever the upload waits for the driver
   */
  async run(meanwhile?: Iterator<unknown>): Promise<void> {
    await this.gpu.check();
    const started: Promise<() => void>[] = [];
    const putFirst = async () => {
      (await started.shift()!)();
      if (this.#unflushed < STAGED_CHUNKS * UPLOAD_CHUNK_BYTES) return;
      // The driver stages written data until it has copied it; waiting keeps staging memory small.
      this.#unflushed = 0;
      meanwhile?.next();
      await this.gpu.drain();
    };
    for (const jobs of this.#jobs.splice(0)) {
      for (const job of jobs) {
        if (started.length > AHEAD) await putFirst();
        this.signal?.throwIfAborted();
        const read = job();
        read.catch(() => {}); // it is awaited above or below, unless one before it fails
        started.push(read);
      }
    }
    while (started.length > 0) await putFirst();
    this.pool.release();
    await this.gpu.drain();
  }

  /**
   * Allocates a matrix of bands: in 4 bits if all sources share one 4-bit format; else in the requested type,
   * the tensors' own, or float32 if they differ.
   */
  matrix(label: string, bands: readonly Band[]): Matrix {
    const sources = [...new Set(bands.flatMap(({ runs }) => runs.map(({ source }) => source)))];
    const [first] = sources;
    const columns = first.shape[1];
    const format = commonFormat(sources) ?? this.#floatFormat(sources);
    const order = isInt4(format) && isInt4Source(first) ? columnOrder(first) : undefined;
    const matrix = allocateMatrix(this.gpu, label, rowsOf(bands), columns, format, {
      order,
      apart: pairsApart(bands),
    });
    const widest = Math.max(rowBytes(columns, format), ...sources.map(sourceRowBytes));
    const unit = matrix.lineRows === 1 ? 1 : 64;
    const most = Math.max(1, Math.floor(UPLOAD_CHUNK_BYTES / widest / unit)) * unit;
    const job = (piece: Piece): Job => async () => {
      const read = await this.#read(piece);
      return () => this.#put(matrix, piece, read, order);
    };
    this.#jobs.push(piecesOf(matrix.apart === 1 ? bands : oneAfterAnother(bands), most).map(job));
    return matrix;
  }

  /** Allocates a float32 vector of bands, padded with zeros. */
  vector(label: string, bands: readonly Band[]): GPUBuffer {
    const buffer = this.gpu.storage(label, padTo8(rowsOf(bands)) * 4);
    const [piece] = piecesOf(bands, Infinity);
    const job: Job = async () => {
      const read = await this.#read(piece);
      return () => {
        const values = this.pool.take(buffer.size).fill(0);
        this.#arrange(piece, read, values, { columns: 1, stride: 4, format: "float32" });
        this.gpu.write(buffer, 0, values);
        this.#giveBack(values, read);
      };
    };
    this.#jobs.push([job]);
    return buffer;
  }

  /** Numbers of a tensor, counted in row-major order. */
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

  /** Reads all rows that a piece needs, from its sources concurrently. */
  async #read(piece: Piece): Promise<ReadRows> {
    const read: ReadRows = new Map();
    await Promise.all([...rangesOf(piece)].map(async ([source, { row, count }]) => {
      if (isInt4Source(source)) {
        read.set(source, { row, rows: await source.read(row, count, this.pool) });
      } else {
        const width = sourceRowBytes(source);
        const rows = this.pool.take(count * width);
        await this.checkpoint.read(source, row * width, rows);
        read.set(source, { row, rows });
      }
    }));
    return read;
  }

  /** Converts the read data, arranges the rows in the piece's order, and writes them to the device. */
  #put(matrix: Matrix, piece: Piece, read: ReadRows, order?: Uint32Array): void {
    const { format, columns } = matrix;
    const stride = rowBytes(columns, format);
    const [{ source }] = piece.segments;
    const asItIs = piece.segments.length === 1 && !isInt4Source(source) && weightDtype(source) === format &&
      sourceRowBytes(source) === stride;
    if (asItIs) {
      const { rows } = read.get(source)!;
      this.#write(matrix, piece.firstRow, rows as Uint8Array<ArrayBuffer>);
      return this.#giveBack(undefined, read);
    }
    const chunk = this.pool.take(storedBytes(matrix, piece.rows));
    if (!isInt4(format)) this.#arrange(piece, read, chunk, { columns, stride, format });
    else {
      if (chunk.length > piece.rows * stride) chunk.fill(0); // rows that do not exist
      for (const { source, row, count, to, step } of piece.segments) {
        const { rows, row: first } = read.get(source)!;
        packInt4({ ...matrix, format }, partOf(rows as Int4Rows, row - first, count), {
          into: chunk,
          to,
          step,
          order,
        });
      }
    }
    this.#write(matrix, piece.firstRow, chunk);
    this.#giveBack(chunk, read);
  }

  /** Converts the read data to rows of floats in a piece's order. */
  #arrange(
    piece: Piece,
    read: ReadRows,
    chunk: Uint8Array<ArrayBuffer>,
    { columns, stride, format }: Rows,
  ): void {
    const apart = stride / STORAGE_BYTES[format];
    if (columns < apart) chunk.fill(0); // the padding
    const decoded: Uint8Array<ArrayBuffer>[] = [];
    const converters = new Map<RowSource, Converter>();
    for (const [source, { rows }] of read) {
      if (rows instanceof Uint8Array) {
        converters.set(source, converter(rows, weightDtype(source as TensorInfo), chunk, format));
      } else {
        const bytes = this.pool.take(rows.rows * columns * 4);
        decodeInt4(source as Int4Source, rows, new Float32Array(bytes.buffer, 0, bytes.length / 4));
        decoded.push(bytes);
        converters.set(source, converter(bytes, "float32", chunk, format));
      }
    }
    for (const { source, row, count, to, step } of piece.segments) {
      const convert = converters.get(source)!;
      const from = row - read.get(source)!.row;
      if (step === 1 && columns === apart) convert(from * columns, count * columns, to * columns);
      else {
        for (let i = 0; i < count; i++) convert((from + i) * columns, columns, (to + i * step) * apart);
      }
    }
    for (const bytes of decoded) this.pool.give(bytes);
  }

  #giveBack(chunk: Uint8Array | undefined, read: ReadRows): void {
    if (chunk) this.pool.give(chunk);
    for (const { rows } of read.values()) {
      if (rows instanceof Uint8Array) this.pool.give(rows);
      else for (const part of [rows.codes, rows.scales, rows.zeros]) this.pool.give(part);
    }
  }

  #write(matrix: Matrix, row: number, chunk: Uint8Array<ArrayBuffer>): void {
    writeRows(this.gpu, matrix, row, chunk);
    this.gpu.flush();
    this.#unflushed += chunk.length;
  }
}

/**
 * Bytes of a row (of a number, in a vector) as its source stores it; for 4 bits, an upper bound during
 * conversion.
 */
function sourceRowBytes(source: RowSource): number {
  return (source.shape[1] ?? 1) * (isInt4Source(source) ? 4 : STORAGE_BYTES[weightDtype(source)]);
}

function partOf({ rows, codes, scales, zeros }: Int4Rows, from: number, count: number): Int4Rows {
  const part = <T extends { length: number; subarray(begin: number, end: number): T }>(array: T): T => {
    const width = array.length / rows;
    return array.subarray(from * width, (from + count) * width);
  };
  return { rows: count, codes: part(codes), scales: part(scales), zeros: part(zeros) };
}
