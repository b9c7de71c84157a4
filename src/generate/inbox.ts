/** Takes requests from a source as they come, without waiting for a slow one while there is work to do. */
export class Inbox<T> {
  #waiting: T[] = [];
  #source: AsyncIterator<T> | Iterator<T>;
  #pull: Promise<void> | undefined;
  #ended = false;
  #failure: { error: unknown } | undefined;

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

  /** Gives the source a turn of the event loop at a time, until it has nothing ready or enough waits. */
  async settle(): Promise<void> {
    for (;;) {
      const before = this.#waiting.length;
      this.#start();
      if (this.#pull === undefined) return;
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (this.#waiting.length === before) return;
    }
  }

  /** Waits until a request has come or the source has ended. */
  async wait(): Promise<void> {
    this.#start();
    while (this.#waiting.length === 0 && this.#pull) {
      await this.#pull;
      this.#start();
    }
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#source.return?.();
  }

  #start(): void {
    if (this.#pull || this.#ended || this.#waiting.length >= this.limit) return;
    this.#pull = (async () => {
      try {
        while (!this.#ended && this.#waiting.length < this.limit) {
          const next = await this.#source.next();
          if (next.done) this.#ended = true;
          else this.#waiting.push(next.value);
        }
      } catch (error) {
        this.#ended = true;
        this.#failure = { error };
      } finally {
        this.#pull = undefined;
      }
    })();
  }
}
