import { EnvironmentError } from "../base/errors.ts";
import { adapterOf, freeMemory, wantedLimits } from "./adapters.ts";
import { countingDevice } from "./counting_device.ts";
import { DeviceWatch, shortened } from "./device_watch.ts";
import { Readback } from "./readback.ts";
import { type GpuTraits, traitsOf } from "./traits.ts";

export type { GpuTraits } from "./traits.ts";

/** Chunk size for weight uploads; staging never exceeds a few chunks. */
export const UPLOAD_CHUNK_BYTES = 2 * 1024 * 1024;

/**
 * One WebGPU device with its adapter's limits; watches every error and counts allocated bytes. Independent of
 * any model.
 */
export class Gpu {
  /** Total bytes of all live buffers and textures created here. */
  allocatedBytes = 0;
  /** Available memory in bytes; known only for software drivers, which use the machine's memory. */
  readonly memoryBytes: number;
  readonly #watch: DeviceWatch;
  readonly #pipelines = new Map<string, GPUComputePipeline>();

  private constructor(
    readonly device: GPUDevice,
    readonly info: GPUAdapterInfo,
    readonly traits: GpuTraits,
    memoryBytes: number = traits.software ? freeMemory() : Infinity,
  ) {
    this.memoryBytes = memoryBytes;
    this.#watch = new DeviceWatch(device);
  }

  /**
   * Opens a card by its number or address, as `llama devices` lists them; default: the first.
   * @throws EnvironmentError if there is no adapter, or it returns no device
   */
  static async open(device: number | string = 0, options: { subgroups?: boolean } = {}): Promise<Gpu> {
    const adapter = await adapterOf(device);
    const optional: GPUFeatureName[] = adapter.features.has("timestamp-query") ? ["timestamp-query"] : [];
    const limits = wantedLimits(adapter.limits);
    // Deno does not list subgroups, but enables them on request if the driver supports them.
    const attempts: GPUFeatureName[][] = options.subgroups === false
      ? [optional]
      : [["subgroups" as GPUFeatureName, ...optional], optional];
    let problem = "";
    for (const requiredFeatures of attempts) {
      try {
        const opened = await adapter.requestDevice({ requiredFeatures, requiredLimits: limits });
        return new Gpu(opened, adapter.info, traitsOf(adapter.info, opened.features));
      } catch (error) {
        problem = shortened(error instanceof Error ? error.message : String(error));
      }
    }
    throw new EnvironmentError(`GPU ${adapter.info.description}: no device: ${problem}`);
  }

  /**
   * A device that allocates nothing and only counts bytes: nothing is too large for it, and nothing can run
   * on it.
   * @param limits of the simulated device
   */
  static counting(traits: GpuTraits, limits?: GPUSupportedLimits): Gpu {
    return new Gpu(countingDevice(limits), {} as GPUAdapterInfo, traits, Infinity);
  }

  /** All pipelines created so far, by their linked WGSL. */
  get pipelines(): ReadonlyMap<string, GPUComputePipeline> {
    return this.#pipelines;
  }

  /** Largest range of a buffer that one binding can cover, in bytes. */
  get maxBindingBytes(): number {
    return Math.min(this.device.limits.maxStorageBufferBindingSize, this.device.limits.maxBufferSize);
  }

  /**
   * Creates a zeroed buffer. A driver failure surfaces at the next {@link check}.
   * @throws EnvironmentError if it is larger than the device allows
   */
  buffer(label: string, bytes: number, usage: GPUBufferUsageFlags, mappedAtCreation = false): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > this.device.limits.maxBufferSize) {
      throw new EnvironmentError(
        `GPU buffer ${label}: ${size} bytes, this device allows ${this.device.limits.maxBufferSize}`,
      );
    }
    return this.#watched(
      label,
      size,
      () => this.device.createBuffer({ label, size, usage, mappedAtCreation }),
    );
  }

  /**
   * Checks for room before an allocation: software drivers promise memory that they do not have.
   * @throws EnvironmentError that states the needed and the available bytes
   */
  requireRoom(what: string, bytes: number): void {
    if (this.allocatedBytes + bytes <= this.memoryBytes) return;
    const used = this.allocatedBytes > 0 ? ` beside the ${this.allocatedBytes} in use` : "";
    throw new EnvironmentError(
      `GPU out of memory: ${what} needs ${bytes} bytes${used}, this device has ${this.memoryBytes}`,
    );
  }

  /** A storage buffer that can also be copied from and to, and written from the host. */
  storage(label: string, bytes: number): GPUBuffer {
    if (bytes > this.maxBindingBytes) {
      throw new EnvironmentError(
        `GPU buffer ${label}: ${bytes} bytes, this device binds at most ${this.maxBindingBytes}`,
      );
    }
    return this.buffer(
      label,
      bytes,
      GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    );
  }

  /** A zeroed texture array with texels of four 32-bit words, written from the host and read by kernels. */
  texture(label: string, width: number, height: number, layers: number): GPUTexture {
    const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.COPY_SRC;
    const bytes = width * height * layers * 16;
    const texture = this.#watched(
      label,
      bytes,
      () => this.device.createTexture({ label, size: [width, height, layers], format: "rgba32uint", usage }),
    );
    return texture;
  }

  /** A texture array of float32 vec4 rows, one per token, that some kernels write and others read. */
  mirror(label: string, vecs: number, tokens: number, layers = 1): GPUTexture {
    const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST;
    return this.#watched(
      label,
      vecs * tokens * layers * 16,
      () => this.device.createTexture({ label, size: [vecs, tokens, layers], format: "rgba32float", usage }),
    );
  }

  /** Writes rows of one layer of a {@link mirror} texture; checks the range like {@link write}. */
  writeTexture(
    texture: GPUTexture,
    layer: number,
    firstRow: number,
    rows: number,
    data: Uint8Array<ArrayBuffer>,
  ): void {
    if (data.byteLength !== rows * texture.width * 16 || firstRow + rows > texture.height) {
      throw new RangeError(`write of ${data.byteLength} bytes at row ${firstRow} into ${texture.label}`);
    }
    this.device.queue.writeTexture(
      { texture, origin: [0, firstRow, layer] },
      data,
      { bytesPerRow: texture.width * 16 },
      [texture.width, rows, 1],
    );
  }

  /** Frees a resource created here and subtracts its bytes. */
  free(resource: GPUBuffer | GPUTexture): void {
    this.allocatedBytes -= "size" in resource
      ? resource.size
      : resource.width * resource.height * resource.depthOrArrayLayers * 16;
    resource.destroy();
  }

  /**
   * Writes host data at a byte offset; the only caller of `writeBuffer`, which aborts the process on bad
   * ranges.
   */
  write(buffer: GPUBuffer, offset: number, data: ArrayBufferView<ArrayBuffer>): void {
    if (data.byteLength === 0) return;
    if (offset % 4 !== 0 || data.byteLength % 4 !== 0 || offset + data.byteLength > buffer.size) {
      throw new RangeError(
        `write of ${data.byteLength} bytes at ${offset} into ${buffer.label} (${buffer.size})`,
      );
    }
    this.device.queue.writeBuffer(buffer, offset, data);
  }

  /** Submits queued writes to the driver. */
  flush(): void {
    this.submit();
  }

  /**
   * Submits recorded work to the driver. Errors surface at the next {@link check}, so buffers left unwritten
   * by rejected work are never read as results.
   */
  submit(...commands: GPUCommandBuffer[]): void {
    this.#watch.scoped(
      ["validation", "internal"],
      () => this.device.queue.submit(commands),
      (message) => `GPU error: ${message}`,
    );
  }

  /** Waits until the driver has finished all submitted work and freed its staging memory. */
  async drain(): Promise<void> {
    const source = this.storage("fence source", 16);
    const fence = new Readback(this, "fence", 16);
    try {
      const encoder = this.device.createCommandEncoder();
      fence.copy(encoder, source);
      this.submit(encoder.finish());
      await fence.take();
    } finally {
      fence.dispose();
      this.free(source);
    }
  }

  /** The compute pipeline for linked WGSL, cached by its code. */
  pipeline(label: string, code: string): GPUComputePipeline {
    let pipeline = this.#pipelines.get(code);
    if (!pipeline) {
      pipeline = this.#watch.scoped(["validation", "internal"], () => {
        const module = this.device.createShaderModule({ label, code });
        return this.device.createComputePipeline({ label, layout: "auto", compute: { module } });
      }, (message) => `GPU kernel ${label}: ${message}`);
      this.#pipelines.set(code, pipeline);
    }
    return pipeline;
  }

  /** Counts an allocation and watches for out-of-memory errors. */
  #watched<T>(label: string, bytes: number, make: () => T): T {
    this.requireRoom(label, bytes);
    const made = this.#watch.scoped(
      ["out-of-memory", "validation"],
      make,
      (message, filter) =>
        filter === "validation"
          ? `GPU memory ${label}, ${bytes} bytes: ${message}`
          : `GPU out of memory: ${label} needs ${bytes} bytes beside the ${
            this.allocatedBytes - bytes
          } in use`,
    );
    this.allocatedBytes += bytes;
    return made;
  }

  /** Waits until all work so far is known to have succeeded. @throws EnvironmentError the first failure */
  check(): Promise<void> {
    return this.#watch.check();
  }

  /** Resolves when the device is lost, also if nothing uses it; never once it is disposed of. */
  get lost(): Promise<EnvironmentError> {
    return this.#watch.lost;
  }

  /** @throws EnvironmentError if the device has reported an error since it was opened */
  throwIfFailed(): void {
    this.#watch.throwIfFailed();
  }

  /** Converts an exception thrown by the driver; returns the device's own failure if there is one. */
  failure(what: string, error: unknown): Promise<EnvironmentError> {
    return this.#watch.failure(what, error);
  }

  /** Releases all resources. */
  dispose(): void {
    this.#watch.end();
    this.device.destroy();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
