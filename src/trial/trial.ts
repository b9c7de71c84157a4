/** Helpers shared by kernel tests and `llama doctor`: seeded numbers, and buffers with guards at the end. */
import { EnvironmentError } from "../base/errors.ts";
import { Random } from "../base/random.ts";
import type { Gpu } from "../gpu/gpu.ts";
import {
  allocateMatrix,
  freeMatrix,
  type Matrix,
  padTo8,
  placeOf,
  type StorageDtype,
  writeRows,
} from "../gpu/matrix.ts";
import { Plan } from "../gpu/plan.ts";
import { readFloats } from "../gpu/readback.ts";

/** Unit roundoff of float32. */
export const EPS: number = 2 ** -24;

/** A NaN that no kernel produces, to distinguish unwritten values from wrong ones. */
const UNTOUCHED = 0x7fc0dead;
/** Numbers after the end of an output that must not change. */
const GUARD = 32;

/** Float32 numbers around a mean, in float64. */
export function numbers(seed: number, count: number, spread = 1, mean = 0): Float64Array {
  const random = new Random(seed);
  return Float64Array.from(
    { length: count },
    () => Math.fround(mean + spread * (random.fraction() + random.fraction() + random.fraction() - 1.5) * 2),
  );
}

/** Numbers rounded to a storage type. */
export function stored(values: Float64Array, dtype: StorageDtype): Float64Array {
  return Float64Array.from(decode(encode(values, dtype), dtype));
}

/** Numbers encoded as bytes of a storage type. */
export function encode(values: ArrayLike<number>, dtype: StorageDtype): Uint8Array<ArrayBuffer> {
  if (dtype === "float32") return new Uint8Array(Float32Array.from(values).buffer);
  if (dtype === "float16") return new Uint8Array(Float16Array.from(values).buffer);
  // To nearest, ties to even.
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  return new Uint8Array(Uint16Array.from(bits, (b) => (b + 0x7fff + ((b >>> 16) & 1)) >>> 16).buffer);
}

function decode({ buffer }: Uint8Array<ArrayBuffer>, dtype: StorageDtype): ArrayLike<number> {
  if (dtype === "float32") return new Float32Array(buffer);
  if (dtype === "float16") return new Float16Array(buffer);
  return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
}

/** Rows of `width` numbers, each padded with zeros to `stride`. */
export function padRows(values: ArrayLike<number>, width: number, stride: number): Float64Array {
  const rows = Math.ceil(values.length / width);
  const padded = new Float64Array(rows * stride);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) padded[row * stride + i] = values[row * width + i];
  }
  return padded;
}

/** Removes the padding of rows. */
export function trimRows(values: ArrayLike<number>, width: number, stride: number): Float64Array {
  return Float64Array.from(
    { length: Math.floor(values.length / stride) * width },
    (_, i) => values[Math.floor(i / width) * stride + i % width],
  );
}

/** The buffers of one test, all freed at the end, and the plan that uses them. */
export class KernelTest {
  readonly plan: Plan;
  readonly #stores: (GPUBuffer | GPUTexture)[] = [];
  readonly #matrices: Matrix[] = [];

  constructor(readonly gpu: Gpu) {
    this.plan = new Plan(gpu);
  }

  /** A float32 buffer. */
  floats(values: ArrayLike<number>, label = "input"): GPUBuffer {
    return this.#write(label, Float32Array.from(values));
  }

  /** A buffer of unsigned words. */
  words(values: ArrayLike<number>, label = "words"): GPUBuffer {
    return this.#write(label, Uint32Array.from(values));
  }

  /** Any bytes. */
  bytes(values: Uint8Array<ArrayBuffer>, label: string): GPUBuffer {
    return this.#write(label, values);
  }

  /** An output of `count` floats: all NaN, and guarded. */
  output(count: number, label = "output"): GPUBuffer {
    return this.#write(label, new Uint32Array(count + GUARD).fill(UNTOUCHED));
  }

  /** An output with initial contents. */
  filledOutput(values: ArrayLike<number>, label = "output"): GPUBuffer {
    const words = new Uint32Array(values.length + GUARD).fill(UNTOUCHED);
    new Float32Array(words.buffer).set(values);
    return this.#write(label, words);
  }

  /** A texture of float32 vec4s that kernels write and read. */
  texture(label: string, vecs: number, rows: number, layers: number): GPUTexture {
    const texture = this.gpu.mirror(label, vecs, rows, layers);
    this.#stores.push(texture);
    return texture;
  }

  /**
   * A weight matrix; its numbers are already rounded to the storage type, the rows of a pair `apart` rows
   * apart.
   */
  matrix(values: Float64Array, rows: number, columns: number, dtype: StorageDtype, apart = 1): Matrix {
    const matrix = allocateMatrix(this.gpu, "weight", rows, columns, dtype, { apart });
    const placed = new Float64Array(values.length);
    for (let row = 0; row < rows; row++) {
      placed.set(values.subarray(row * columns, (row + 1) * columns), placeOf(matrix, row) * columns);
    }
    writeRows(this.gpu, matrix, 0, encode(padRows(placed, columns, padTo8(columns)), dtype));
    this.#matrices.push(matrix);
    return matrix;
  }

  /** The batch buffer of kernels: rows of [token, slot, cache position, rotary position]. */
  batch(rows: readonly (readonly number[])[], capacity = 1, keyCount = 0, maskStride = keyCount): GPUBuffer {
    return this.words([rows.length, capacity, keyCount, maskStride, ...rows.flat()], "batch");
  }

  /** A batch of rows of which only the number matters. */
  rows(count: number): GPUBuffer {
    return this.batch(Array.from({ length: count }, () => [0, 0, 0, 0]));
  }

  /** Runs the plan's steps. */
  async run(): Promise<void> {
    await this.gpu.check();
    const encoder = this.gpu.device.createCommandEncoder();
    this.plan.encode(encoder);
    this.gpu.submit(encoder.finish());
    await this.gpu.check();
  }

  /** The numbers of an output; fails if its guard was overwritten. */
  async read(output: GPUBuffer, count: number, what: string): Promise<Float32Array> {
    const floats = await readFloats(this.gpu, output, count + GUARD);
    const words = new Uint32Array(floats.buffer, floats.byteOffset + count * 4, GUARD);
    if (words.some((word) => word !== UNTOUCHED)) {
      throw new EnvironmentError(`${what}: wrote past the end of ${output.label}`);
    }
    return floats.subarray(0, count);
  }

  /** The words of any buffer, without checking its guard. */
  async readWords(buffer: GPUBuffer, count: number): Promise<Uint32Array> {
    const { buffer: bytes, byteOffset } = await readFloats(this.gpu, buffer, count);
    return new Uint32Array(bytes, byteOffset, count);
  }

  [Symbol.dispose](): void {
    for (const store of this.#stores) this.gpu.free(store);
    for (const matrix of this.#matrices) freeMatrix(this.gpu, matrix);
  }

  #write(
    label: string,
    data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>,
  ) {
    const buffer = this.gpu.storage(label, data.byteLength);
    this.#stores.push(buffer);
    this.gpu.write(buffer, 0, data);
    return buffer;
  }
}

/** True if a number still has the initial fill value of an output. */
export function untouched(values: Float32Array, index: number): boolean {
  return new Uint32Array(values.buffer, values.byteOffset, values.length)[index] === UNTOUCHED;
}
