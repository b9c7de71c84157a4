/** Smallest buffer size; each larger size doubles. */
const SMALLEST_BYTES = 2 ** 12;

/** Reusable memory: fresh arrays would pile up until the next garbage collection. */
export class BufferPool {
  /** Bytes of all buffers allocated here; none is freed before {@linkcode release}. */
  madeBytes = 0;
  readonly #free: ArrayBuffer[] = [];
  readonly #lent: Set<ArrayBufferLike> = new Set();

  /** Returns room for this many bytes, at the start of a buffer; the content is left over from earlier use. */
  take(length: number): Uint8Array<ArrayBuffer> {
    let size = SMALLEST_BYTES;
    while (size < length) size *= 2;
    const at = this.#free.findIndex(({ byteLength }) => byteLength === size);
    const [buffer] = at < 0 ? [this.#make(size)] : this.#free.splice(at, 1);
    this.#lent.add(buffer);
    return new Uint8Array(buffer, 0, length);
  }

  /** Returns a buffer to the pool; ignores memory from elsewhere. */
  give({ buffer }: ArrayBufferView): void {
    if (this.#lent.delete(buffer)) this.#free.push(buffer as ArrayBuffer);
  }

  /** Frees all buffers that are not lent out, without waiting for the garbage collector. */
  release(): void {
    for (const buffer of this.#free.splice(0)) buffer.transfer(0);
  }

  #make(size: number): ArrayBuffer {
    this.madeBytes += size;
    return new ArrayBuffer(size);
  }
}
