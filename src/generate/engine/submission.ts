import type { GenerationEvent } from "../options/types.ts";

/** The events of requests that were submitted together; a slow reader delays nobody. */
export class Submission implements AsyncIterable<GenerationEvent> {
  readonly #events: GenerationEvent[] = [];
  readonly #open: Set<number>;
  #failure: { readonly error: unknown } | undefined;
  #wake = () => {};
  /** Called once when no event follows any more. */
  onEnd = () => {};

  /**
   * @param count number of requests; events carry their index
   * @param onCancel ends a request that has not ended
   */
  constructor(count: number, readonly onCancel: (index: number) => void) {
    this.#open = new Set(Array.from({ length: count }, (_, i) => i));
  }

  /** True while events may follow. */
  get isOpen(): boolean {
    return this.#open.size > 0 && !this.#failure;
  }

  /** Ends one request early; its last event still comes. */
  cancel(index: number): void {
    if (this.#open.has(index)) this.onCancel(index);
  }

  /** Appends an event. */
  add(event: GenerationEvent): void {
    if (!this.isOpen) return;
    this.#events.push(event);
    if (event.finishReason) this.#open.delete(event.index);
    if (!this.isOpen) this.onEnd();
    this.#wake();
  }

  /** Ends all its requests with an error, which follows the events so far. */
  fail(error: unknown): void {
    if (!this.isOpen) return;
    this.#failure = { error };
    this.onEnd();
    for (const index of this.#open) this.onCancel(index);
    this.#wake();
  }

  /** The events in order; can be read once. @throws the error of {@linkcode fail} */
  async *[Symbol.asyncIterator](): AsyncGenerator<GenerationEvent> {
    try {
      for (;;) {
        const next = this.#events.shift();
        if (next) yield next;
        else if (this.#failure) throw this.#failure.error;
        else if (!this.isOpen) return;
        else await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      // The reader has left: nobody needs the rest.
      if (this.isOpen) this.fail(undefined);
    }
  }
}
