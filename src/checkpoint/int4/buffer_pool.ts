/** The smallest buffer; others are twice as large as the next smaller. */
const SMALLEST_BYTES = 2 ** 12;

/** Memory that is taken again and again: fresh arrays would pile up until the garbage collector comes by. */
export class BufferPool {
  /** Bytes of all buffers made here; none is let go before {@linkcode release}. */
  madeBytes = 0;
  readonly #free: ArrayBuffer[] = [];
  readonly #lent: Set<ArrayBufferLike> = new Set();

  /** Room for that many bytes, at the start of a buffer; what it holds is left from before. */
  take(length: number): Uint8Array<ArrayBuffer> {
    let size = SMALLEST_BYTES;
    while (size < length) size *= 2;
    const at = this.#free.findIndex(({ byteLength }) => byteLength === size);
    const [buffer] = at < 0 ? [this.#make(size)] : this.#free.splice(at, 1);
    this.#lent.add(buffer);
    return new Uint8Array(buffer, 0, length);
  }

  /** Gives room back; what comes from elsewhere is left alone. */
  give({ buffer }: ArrayBufferView): void {
    if (this.#lent.delete(buffer)) this.#free.push(buffer as ArrayBuffer);
  }

  /** Lets go of all that is not lent, now and not when the garbage collector comes by. */
  release(): void {
    for (const buffer of this.#free.splice(0)) buffer.transfer(0);
  }

  #make(size: number): ArrayBuffer {
    this.madeBytes += size;
    return new ArrayBuffer(size);
  }
}
