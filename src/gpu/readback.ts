import { EnvironmentError } from "../errors.ts";
import type { Gpu } from "./gpu.ts";

/**
 * A buffer that brings results back. Deno's `mapAsync` polls the device and then sleeps 10 ms before its promise
 * settles, yet the buffer is mapped as soon as the call returns; {@link take} uses that, and waits for the promise
 * where it does not hold.
 */
export class Readback {
  readonly #buffer: GPUBuffer;

  constructor(readonly gpu: Gpu, label: string, readonly bytes: number) {
    // Deno aborts on the range of a buffer that was never mapped before, so it is mapped once from the start.
    this.#buffer = gpu.buffer(label, bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ, true);
    this.#buffer.unmap();
  }

  /** Records a copy of the first bytes of a source into this buffer. */
  copy(encoder: GPUCommandEncoder, source: GPUBuffer, bytes = this.bytes, from = 0): void {
    encoder.copyBufferToBuffer(source, from, this.#buffer, 0, bytes);
  }

  /** Waits for the submitted work and gives the copied bytes. */
  async take(): Promise<ArrayBuffer> {
    const mapped = this.#buffer.mapAsync(GPUMapMode.READ);
    mapped.catch(() => {});
    let bytes: ArrayBuffer;
    try {
      bytes = this.#buffer.getMappedRange().slice(0);
    } catch {
      try {
        await mapped;
      } catch (error) {
        this.gpu.throwIfFailed();
        throw new EnvironmentError(`GPU readback failed: ${error instanceof Error ? error.message : error}`);
      }
      bytes = this.#buffer.getMappedRange().slice(0);
    }
    this.#buffer.unmap();
    this.gpu.throwIfFailed();
    return bytes;
  }

  dispose(): void {
    this.gpu.free(this.#buffer);
  }
}

/** Reads floats from the start of a buffer, once. */
export async function readFloats(
  gpu: Gpu,
  source: GPUBuffer,
  count: number,
  from = 0,
): Promise<Float32Array> {
  const readback = new Readback(gpu, `${source.label} readback`, count * 4);
  try {
    const encoder = gpu.device.createCommandEncoder();
    readback.copy(encoder, source, count * 4, from * 4);
    gpu.device.queue.submit([encoder.finish()]);
    return new Float32Array(await readback.take(), 0, count);
  } finally {
    readback.dispose();
  }
}
