import { pause } from "../../base/clock.ts";
/**
 * Reads requests from a source as they arrive, without waiting for a slow source while there is work to do.
 */
export class Inbox<T> {
  readonly #source: AsyncIterator<T> | Iterator<T>;
  readonly #waiting: T[] = [];
  /** The pending read from the source; resolves when it has completed. */
  #asked: Promise<void> | undefined;
  #ended = false;
  #failure: { error: unknown } | undefined;

  /** @param limit maximum number of waiting requests */
  constructor(source: AsyncIterable<T> | Iterable<T>, readonly limit: number) {
    this.#source = Symbol.asyncIterator in source
      ? source[Symbol.asyncIterator]()
      : source[Symbol.iterator]();
  }

  /** True if the source has ended and every request was taken. */
  get done(): boolean {
    return this.#ended && this.#waiting.length === 0;
  }

  /** Number of waiting requests. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The next request, if one is waiting. @throws the source's error, after all requests before it */
  take(): T | undefined {
    const next = this.#waiting.shift();
    if (next === undefined && this.#failure) throw this.#failure.error;
    return next;
  }

  /** Removes and returns the first waiting request that passes the test. */
  takeFirst(test: (request: T) => boolean): T | undefined {
    const place = this.#waiting.findIndex(test);
    return place < 0 ? undefined : this.#waiting.splice(place, 1)[0];
  }

  /** The request that waits longest. */
  get front(): T | undefined {
    return this.#waiting[0];
  }

  /** Returns a request to the front of the queue. */
  putBack(request: T): void {
    this.#waiting.unshift(request);
  }

  /**
   * Reads the requests that the source has ready, one event-loop turn at a time, until enough are waiting.
   */
  async settle(): Promise<void> {
    for (;;) {
      const before = this.#waiting.length;
      this.#ask();
      if (this.#asked === undefined) return;
      await pause();
      if (this.#waiting.length === before) return;
    }
  }

  /** Waits until a request has arrived or the source has ended. */
  async wait(): Promise<void> {
    while (this.#waiting.length === 0 && !this.#ended) {
      this.#ask();
      await this.#asked;
    }
  }

  /** Signals the source that no more is wanted; does not wait for a source still waiting for input. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    Promise.resolve(this.#source.return?.()).catch(() => {});
  }

  /** Requests the next item; a source that answers at once is read again, up to the limit. */
  #ask(): void {
    if (this.#asked || this.#ended || this.#waiting.length >= this.limit) return;
    this.#asked = this.#pull().then(() => {
      this.#asked = undefined;
      this.#ask();
    });
  }

  async #pull(): Promise<void> {
    try {
      const next = await this.#source.next();
      if (next.done) this.#ended = true;
      else this.#waiting.push(next.value);
    } catch (error) {
      this.#ended = true;
      this.#failure = { error };
    }
  }
}
