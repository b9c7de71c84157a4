import { convertWeights, toFloat32 } from "../checkpoint/convert.ts";
import { weightDtype } from "../checkpoint/dtypes.ts";
import type { Checkpoint, TensorInfo } from "../checkpoint/types.ts";
import { type Gpu, UPLOAD_CHUNK_BYTES } from "../gpu/gpu.ts";
import {
  allocateMatrix,
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

/** Brings tensors to the GPU in small chunks; host memory stays at a few of them whatever the checkpoint's size. */
export class Uploader {
  doneBytes = 0;
  #unflushed = 0;

  constructor(
    readonly gpu: Gpu,
    readonly checkpoint: Checkpoint,
    readonly dtype: StorageDtype | "auto",
    readonly onProgress: (doneBytes: number) => void = () => {},
    readonly signal?: AbortSignal,
  ) {}

  /** Uploads a matrix made of bands, stored as asked for, or else as its tensors are; float32 where they differ. */
  async matrix(label: string, bands: readonly Band[]): Promise<Matrix> {
    const first = bands[0].runs[0].tensor;
    const columns = first.shape[1];
    const stored = new Set(bands.flatMap(({ runs }) => runs.map(({ tensor }) => weightDtype(tensor))));
    const own = stored.size === 1 ? weightDtype(first) : "float32";
    const dtype = this.dtype === "auto" ? own : this.dtype;
    const rows = bands.reduce((sum, band) => sum + band.count * band.runs.length, 0);
    const matrix = allocateMatrix(this.gpu, label, rows, columns, dtype);
    const stride = rowBytes(columns, dtype);
    let row = 0;
    for (const band of bands) {
      const zip = band.runs.length;
      const perChunk = Math.max(1, Math.floor(UPLOAD_CHUNK_BYTES / stride / zip));
      for (let done = 0; done < band.count; done += perChunk) {
        const count = Math.min(perChunk, band.count - done);
        const chunk = new Uint8Array(count * zip * stride);
        for (const [turn, run] of band.runs.entries()) {
          await this.#fill(chunk, run.tensor, run.row + done, count, dtype, turn * stride, zip * stride);
        }
        this.#write(matrix, row, chunk);
        row += count * zip;
      }
    }
    return matrix;
  }

  /** Uploads bands of a vector as float32, padded with zeros. */
  async vector(label: string, bands: readonly Band[]): Promise<GPUBuffer> {
    const length = bands.reduce((sum, band) => sum + band.count * band.runs.length, 0);
    const values = new Float32Array(padTo8(length));
    let at = 0;
    for (const { runs, count } of bands) {
      for (const [turn, run] of runs.entries()) {
        const part = await this.floats(run.tensor, run.row, count);
        for (let i = 0; i < count; i++) values[at + i * runs.length + turn] = part[i];
      }
      at += count * runs.length;
    }
    const buffer = this.gpu.storage(label, values.byteLength);
    this.gpu.write(buffer, 0, values);
    return buffer;
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
    const bytes = new Uint8Array(count * from);
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

  #write(matrix: Matrix, row: number, chunk: Uint8Array<ArrayBuffer>): void {
    writeRows(this.gpu, matrix, row, chunk);
    this.#unflushed += chunk.length;
    if (this.#unflushed >= UPLOAD_CHUNK_BYTES) {
      this.gpu.flush();
      this.#unflushed = 0;
    }
  }
}
