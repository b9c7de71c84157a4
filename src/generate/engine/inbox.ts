import { pause } from "../../base/clock.ts";
/** Takes requests from a source as they come, without waiting for a slow one while there is work to do. */
export class Inbox<T> {
  readonly #source: AsyncIterator<T> | Iterator<T>;
  readonly #waiting: T[] = [];
  /** The source's answer that is still out; resolves when it is in. */
  #asked: Promise<void> | undefined;
  #ended = false;
  #failure: { error: unknown } | undefined;

  /** @param limit how many may wait at once */
  constructor(source: AsyncIterable<T> | Iterable<T>, readonly limit: number) {
    this.#source = Symbol.asyncIterator in source
      ? source[Symbol.asyncIterator]()
      : source[Symbol.iterator]();
  }

  /** Whether the source has ended and everything was taken. */
  get done(): boolean {
    return this.#ended && this.#waiting.length === 0;
  }

  /** How many have come and wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The next request if it is there already. @throws what the source threw, after all that came before */
  take(): T | undefined {
    const next = this.#waiting.shift();
    if (next === undefined && this.#failure) throw this.#failure.error;
    return next;
  }

  /** Puts one back to the front. */
  putBack(request: T): void {
    this.#waiting.unshift(request);
  }

  /** Takes what the source has ready, a turn of the event loop at a time, until enough waits. */
  async settle(): Promise<void> {
    for (;;) {
      const before = this.#waiting.length;
      this.#ask();
      if (this.#asked === undefined) return;
      await pause();
      if (this.#waiting.length === before) return;
    }
  }

  /** Waits until a request has come or the source has ended. */
  async wait(): Promise<void> {
    while (this.#waiting.length === 0 && !this.#ended) {
      this.#ask();
      await this.#asked;
    }
  }

  /** Tells the source that no more is wanted; one that is still waiting for input is not waited for. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    Promise.resolve(this.#source.return?.()).catch(() => {});
  }

  /** Asks for the next request; a source that answers at once is asked again, up to the limit. */
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
