import { convertWeights, toFloat32 } from "../checkpoint/convert.ts";
import { weightDtype } from "../checkpoint/dtypes.ts";
import type { Checkpoint, TensorInfo } from "../checkpoint/types.ts";
import { type Gpu, UPLOAD_CHUNK_BYTES } from "../gpu/gpu.ts";
import {
  allocateMatrix,
  floatFormat,
  type Matrix,
  padTo8,
  rowBytes,
  STORAGE_BYTES,
  type StorageDtype,
  writeRows,
} from "../gpu/matrix.ts";

/** Neighbouring rows of a tensor. */
export interface Run {
  readonly tensor: TensorInfo;
  readonly row: number;
}

/**
 * Some rows of a matrix as it lies on the GPU, and where they come from: one run, or two runs taken in turns (so that
 * rows which are needed together stand together).
 */
export interface Band {
  /** Rows of each run. */
  readonly count: number;
  readonly runs: readonly [Run] | readonly [Run, Run];
}

/** Chunks that the driver may hold before it is waited for. */
const STAGED_CHUNKS = 4;

/**
 * Brings tensors to the GPU in small chunks; host memory stays at a few of them whatever the checkpoint's size. All
 * room on the device is made first and filled by {@link run} then: what is staged on the way would otherwise leave
 * holes between what stays.
 */
export class Uploader {
  doneBytes = 0;
  #unflushed = 0;
  readonly #jobs: (() => Promise<void>)[] = [];
  /** Taken again for every chunk: fresh ones would wait for the garbage collector. */
  #chunk = new Uint8Array(0);
  #source = new Uint8Array(0);

  constructor(
    readonly gpu: Gpu,
    readonly checkpoint: Checkpoint,
    readonly dtype: StorageDtype | "auto",
    readonly onProgress: (doneBytes: number) => void = () => {},
    readonly signal?: AbortSignal,
  ) {}

  /** Fills all that was made. */
  async run(): Promise<void> {
    await this.gpu.check();
    for (const job of this.#jobs.splice(0)) await job();
    await this.gpu.drain();
  }

  /** Makes a matrix of bands, stored as asked for, or else as its tensors are; float32 where they differ. */
  matrix(label: string, bands: readonly Band[]): Matrix {
    const first = bands[0].runs[0].tensor;
    const columns = first.shape[1];
    const stored = new Set(bands.flatMap(({ runs }) => runs.map(({ tensor }) => weightDtype(tensor))));
    const own = stored.size === 1 ? weightDtype(first) : "float32";
    const dtype = this.dtype === "auto" ? own : this.dtype;
    const rows = bands.reduce((sum, band) => sum + band.count * band.runs.length, 0);
    const matrix = allocateMatrix(this.gpu, label, rows, columns, dtype);
    this.#jobs.push(() => this.#fillMatrix(matrix, bands));
    return matrix;
  }

  /** Makes a vector of bands in float32, padded with zeros. */
  vector(label: string, bands: readonly Band[]): GPUBuffer {
    const length = bands.reduce((sum, band) => sum + band.count * band.runs.length, 0);
    const buffer = this.gpu.storage(label, padTo8(length) * 4);
    this.#jobs.push(() => this.#fillVector(buffer, bands));
    return buffer;
  }

  async #fillMatrix(matrix: Matrix, bands: readonly Band[]): Promise<void> {
    const { columns } = matrix;
    const dtype = floatFormat(matrix);
    const stride = rowBytes(columns, dtype);
    let row = 0;
    for (const band of bands) {
      const zip = band.runs.length;
      const perChunk = Math.max(1, Math.floor(UPLOAD_CHUNK_BYTES / stride / zip));
      for (let done = 0; done < band.count; done += perChunk) {
        const count = Math.min(perChunk, band.count - done);
        this.#chunk = atLeast(this.#chunk, count * zip * stride);
        const chunk = this.#chunk.subarray(0, count * zip * stride);
        if (columns % 8 !== 0) chunk.fill(0); // the padding
        for (const [turn, run] of band.runs.entries()) {
          await this.#fill(chunk, run.tensor, run.row + done, count, dtype, turn * stride, zip * stride);
        }
        await this.#write(matrix, row, chunk);
        row += count * zip;
      }
    }
  }

  async #fillVector(buffer: GPUBuffer, bands: readonly Band[]): Promise<void> {
    const values = new Float32Array(buffer.size / 4);
    let at = 0;
    for (const { runs, count } of bands) {
      for (const [turn, run] of runs.entries()) {
        const part = await this.floats(run.tensor, run.row, count);
        for (let i = 0; i < count; i++) values[at + i * runs.length + turn] = part[i];
      }
      at += count * runs.length;
    }
    this.gpu.write(buffer, 0, values);
  }

  /** Numbers of a tensor, counted through it. */
  async floats(tensor: TensorInfo, from: number, count: number): Promise<Float32Array> {
    const width = STORAGE_BYTES[weightDtype(tensor)];
    const bytes = new Uint8Array(count * width);
    await this.#read(tensor, from * width, bytes);
    return toFloat32(bytes, weightDtype(tensor));
  }

  /** Puts rows of a tensor into every `step`-th place of a chunk. */
  async #fill(
    chunk: Uint8Array,
    tensor: TensorInfo,
    row: number,
    count: number,
    dtype: StorageDtype,
    offset: number,
    step: number,
  ): Promise<void> {
    const stored = weightDtype(tensor);
    const columns = tensor.shape[1];
    const from = columns * STORAGE_BYTES[stored];
    const to = columns * STORAGE_BYTES[dtype];
    if (stored === dtype && step === from) {
      return await this.#read(tensor, row * from, chunk.subarray(0, count * from));
    }
    this.#source = atLeast(this.#source, count * from);
    const bytes = this.#source.subarray(0, count * from);
    await this.#read(tensor, row * from, bytes);
    const rows = convertWeights(bytes, stored, dtype);
    for (let i = 0; i < count; i++) chunk.set(rows.subarray(i * to, (i + 1) * to), offset + i * step);
  }

  async #read(tensor: TensorInfo, begin: number, into: Uint8Array): Promise<void> {
    this.signal?.throwIfAborted();
    await this.checkpoint.read(tensor, begin, into);
    this.doneBytes += into.length;
    this.onProgress(this.doneBytes);
  }

  /** The driver stages what is written until it has copied it: it is waited for before that piles up. */
  async #write(matrix: Matrix, row: number, chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    writeRows(this.gpu, matrix, row, chunk);
    this.#unflushed += chunk.length;
    if (this.#unflushed < STAGED_CHUNKS * UPLOAD_CHUNK_BYTES) return;
    this.#unflushed = 0;
    await this.gpu.drain();
  }
}

function atLeast(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  return bytes.length >= length ? bytes : new Uint8Array(length);
}
