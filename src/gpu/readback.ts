/** The part of a `Gpu` that readback uses. */
export interface ReadbackDevice {
  readonly device: GPUDevice;
  buffer(label: string, bytes: number, usage: number, mappedAtCreation?: boolean): GPUBuffer;
  free(buffer: GPUBuffer): void;
  submit(...commands: GPUCommandBuffer[]): void;
  check(): Promise<void>;
  failure(what: string, error: unknown): Promise<Error>;
}

/**
 * A buffer for reading results back. Deno's `mapAsync` polls the device and then sleeps 10 ms before its
 * promise resolves, although the buffer is mapped as soon as the call returns; {@link take} relies on that,
 * and awaits the promise otherwise.
 */
export class Readback {
  readonly #buffer: GPUBuffer;

  constructor(readonly gpu: ReadbackDevice, label: string, readonly bytes: number) {
    // Deno aborts if the range of a never-mapped buffer is read, so it is mapped at creation.
    this.#buffer = gpu.buffer(label, bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ, true);
    try {
      this.#buffer.unmap();
    } catch {
      // Only a buffer that failed to allocate is not mapped: the next check reports it.
    }
  }

  /** Records a copy of a source's first bytes into this buffer. */
  copy(encoder: GPUCommandEncoder, source: GPUBuffer, bytes = this.bytes, from = 0): void {
    encoder.copyBufferToBuffer(source, from, this.#buffer, 0, bytes);
  }

  /** Records a copy of rows of a texture layer, each padded to `bytesPerRow`. */
  copyTexture(
    encoder: GPUCommandEncoder,
    texture: GPUTexture,
    layer: number,
    rows: number,
    bytesPerRow: number,
  ): void {
    encoder.copyTextureToBuffer(
      { texture, origin: [0, 0, layer] },
      { buffer: this.#buffer, bytesPerRow },
      [texture.width, rows, 1],
    );
  }

  /**
   * Waits for the submitted work and returns the copied bytes.
   * @throws EnvironmentError if the device rejected any of it
   */
  async take(): Promise<ArrayBuffer> {
    const bytes = await this.#map();
    await this.gpu.check();
    return bytes;
  }

  async #map(): Promise<ArrayBuffer> {
    try {
      const mapped = this.#buffer.mapAsync(GPUMapMode.READ);
      mapped.catch(() => {});
      let bytes: ArrayBuffer;
      try {
        bytes = this.#buffer.getMappedRange().slice(0);
      } catch {
        await mapped;
        bytes = this.#buffer.getMappedRange().slice(0);
      }
      this.#buffer.unmap();
      return bytes;
    } catch (error) {
      throw await this.gpu.failure("GPU readback failed", error);
    }
  }

  dispose(): void {
    this.gpu.free(this.#buffer);
  }
}

/** Reads floats of a buffer once. */
export async function readFloats(
  gpu: ReadbackDevice,
  source: GPUBuffer,
  count: number,
  start = 0,
): Promise<Float32Array> {
  return new Float32Array((await readBytes(gpu, source, count * 4, start * 4)).buffer, 0, count);
}

/** Reads bytes of a buffer once. */
export function readBytes(
  gpu: ReadbackDevice,
  source: GPUBuffer,
  bytes: number,
  start = 0,
): Promise<Uint8Array<ArrayBuffer>> {
  return readOnce(
    gpu,
    source.label,
    bytes,
    (encoder, readback) => readback.copy(encoder, source, bytes, start),
  );
}

/** Reads rows of one layer of a texture with 16-byte texels once. */
export async function readTexture(
  gpu: ReadbackDevice,
  texture: GPUTexture,
  layer: number,
  rows: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const stride = texture.width * 16;
  // Texture copies start each row at a multiple of 256 bytes.
  const padded = Math.ceil(stride / 256) * 256;
  const wide = await readOnce(gpu, texture.label, padded * rows, (encoder, readback) => {
    readback.copyTexture(encoder, texture, layer, rows, padded);
  });
  const bytes = new Uint8Array(stride * rows);
  for (let row = 0; row < rows; row++) {
    bytes.set(wide.subarray(row * padded, row * padded + stride), row * stride);
  }
  return bytes;
}

async function readOnce(
  gpu: ReadbackDevice,
  label: string,
  bytes: number,
  record: (encoder: GPUCommandEncoder, readback: Readback) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const readback = new Readback(gpu, `${label} readback`, bytes);
  try {
    const encoder = gpu.device.createCommandEncoder();
    record(encoder, readback);
    gpu.submit(encoder.finish());
    return new Uint8Array(await readback.take(), 0, bytes);
  } finally {
    readback.dispose();
  }
}
