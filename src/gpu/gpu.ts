import { EnvironmentError } from "../base/errors.ts";
import { adapters, freeMemory, wantedLimits } from "./adapters.ts";
import { countingDevice } from "./counting_device.ts";
import { DeviceWatch, shortened } from "./device_watch.ts";
import { Readback } from "./readback.ts";
import { type GpuTraits, traitsOf } from "./traits.ts";

export type { GpuTraits } from "./traits.ts";

/** How large the pieces are in which weights travel to the GPU; staging never exceeds a few of them. */
export const UPLOAD_CHUNK_BYTES = 2 * 1024 * 1024;

/**
 * One WebGPU device with the limits of its adapter, every error of it watched, and its bytes counted.
 * Knows nothing of models.
 */
export class Gpu {
  /** Bytes of all living buffers made here. */
  allocatedBytes = 0;
  /** Bytes there can be; known of software drivers only, whose memory is the machine's. */
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
   * Opens the adapter with that index of {@link adapters}; the first where none is given.
   * @throws EnvironmentError when there is no adapter, or it gives no device
   */
  static async open(index = 0, options: { subgroups?: boolean } = {}): Promise<Gpu> {
    const found = await adapters();
    const adapter = found[index];
    if (!adapter) {
      throw new EnvironmentError(`no GPU ${index}: WebGPU found ${found.length} (0 to ${found.length - 1})`);
    }
    const optional: GPUFeatureName[] = adapter.features.has("timestamp-query") ? ["timestamp-query"] : [];
    const limits = wantedLimits(adapter.limits);
    // Deno does not list subgroups, yet gives them to whoever asks where the driver has them.
    const attempts: GPUFeatureName[][] = options.subgroups === false
      ? [optional]
      : [["subgroups" as GPUFeatureName, ...optional], optional];
    let problem = "";
    for (const requiredFeatures of attempts) {
      try {
        const device = await adapter.requestDevice({ requiredFeatures, requiredLimits: limits });
        return new Gpu(device, adapter.info, traitsOf(adapter.info, device.features));
      } catch (error) {
        problem = shortened(error instanceof Error ? error.message : String(error));
      }
    }
    throw new EnvironmentError(`GPU ${adapter.info.description}: no device: ${problem}`);
  }

  /**
   * A device that makes nothing and counts what it would take: nothing is too large for it, and nothing can run on it.
   * @param limits of the device that is meant
   */
  static counting(traits: GpuTraits, limits?: GPUSupportedLimits): Gpu {
    return new Gpu(countingDevice(limits), {} as GPUAdapterInfo, traits, Infinity);
  }

  /** All pipelines that were made, by their linked WGSL. */
  get pipelines(): ReadonlyMap<string, GPUComputePipeline> {
    return this.#pipelines;
  }

  /** Largest part of a buffer that a kernel may see at once, in bytes. */
  get maxBindingBytes(): number {
    return Math.min(this.device.limits.maxStorageBufferBindingSize, this.device.limits.maxBufferSize);
  }

  /**
   * Makes a zeroed buffer. A failure of the driver shows at the next {@link check}.
   * @throws EnvironmentError when it is larger than the device allows
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
   * Asks before anything is made: such drivers promise memory that they do not have.
   * @throws EnvironmentError that says how much is needed and how much there is
   */
  requireRoom(what: string, bytes: number): void {
    if (this.allocatedBytes + bytes <= this.memoryBytes) return;
    const used = this.allocatedBytes > 0 ? ` beside the ${this.allocatedBytes} in use` : "";
    throw new EnvironmentError(
      `GPU out of memory: ${what} needs ${bytes} bytes${used}, this device has ${this.memoryBytes}`,
    );
  }

  /** A buffer that kernels read and write, and that can be copied and written from the host. */
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

  /** An array of textures whose texels are four 32-bit words, zeroed, to be written from the host and fetched. */
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

  /** Rows of vec4s in float32 that kernels write and others fetch, of as many tokens, in layers. */
  mirror(label: string, vecs: number, tokens: number, layers = 1): GPUTexture {
    const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST;
    return this.#watched(
      label,
      vecs * tokens * layers * 16,
      () => this.device.createTexture({ label, size: [vecs, tokens, layers], format: "rgba32float", usage }),
    );
  }

  /** Writes rows of one layer of such a texture; the other door to writing, as careful as {@link write}. */
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

  /** Frees what was made here, and its bytes in the count. */
  free(resource: GPUBuffer | GPUTexture): void {
    this.allocatedBytes -= "size" in resource
      ? resource.size
      : resource.width * resource.height * resource.depthOrArrayLayers * 16;
    resource.destroy();
  }

  /** Writes host data at a byte offset; the one door to `writeBuffer`, which aborts the process on bad ranges. */
  write(buffer: GPUBuffer, offset: number, data: ArrayBufferView<ArrayBuffer>): void {
    if (data.byteLength === 0) return;
    if (offset % 4 !== 0 || data.byteLength % 4 !== 0 || offset + data.byteLength > buffer.size) {
      throw new RangeError(
        `write of ${data.byteLength} bytes at ${offset} into ${buffer.label} (${buffer.size})`,
      );
    }
    this.device.queue.writeBuffer(buffer, offset, data);
  }

  /** Hands queued writes to the driver. */
  flush(): void {
    this.submit();
  }

  /**
   * Hands recorded work to the driver. What it refuses is known at the next {@link check}, so that what such work
   * left unwritten is never taken for a result.
   */
  submit(...commands: GPUCommandBuffer[]): void {
    this.#watch.scoped(
      ["validation", "internal"],
      () => this.device.queue.submit(commands),
      (message) => `GPU error: ${message}`,
    );
  }

  /** Waits until the driver has done all it was given, so that its staging memory is free again. */
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

  /** A compute pipeline for linked WGSL; the same code gives the same pipeline. */
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

  /** Counts an allocation and watches whether the driver had the room. */
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

  /** Waits until everything made so far is known to be good. @throws EnvironmentError the first failure */
  check(): Promise<void> {
    return this.#watch.check();
  }

  /** @throws EnvironmentError when the device reported an error since it was opened */
  throwIfFailed(): void {
    this.#watch.throwIfFailed();
  }

  /** What to say of an exception of the driver's: the device's own failure where there is one. */
  failure(what: string, error: unknown): Promise<EnvironmentError> {
    return this.#watch.failure(what, error);
  }

  /** Gives everything back. */
  dispose(): void {
    this.#watch.end();
    this.device.destroy();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
