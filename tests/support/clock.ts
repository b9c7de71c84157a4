import { clock } from "../../src/base/clock.ts";

/** A clock that advances when a test says so, or when all work waits for it. */
export class FakeClock {
  #now = 0;
  readonly #timers: Set<{ readonly at: number; readonly run: () => void }> = new Set();

  /** Runs work under this clock, independent of the machine's load. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const real = { ...clock };
    clock.now = () => this.#now;
    clock.after = (milliseconds, run) => {
      const timer = { at: this.#now + milliseconds, run };
      this.#timers.add(timer);
      return () => this.#timers.delete(timer);
    };
    try {
      let ended = false;
      const result = work().finally(() => ended = true);
      while (!ended) {
        // One turn of the real event loop: all ready work runs first.
        await new Promise((resolve) => setTimeout(resolve, 0));
        const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
        if (ended || next === undefined) continue;
        this.#timers.delete(next);
        this.#now = Math.max(this.#now, next.at);
        next.run();
      }
      return await result;
    } finally {
      Object.assign(clock, real);
    }
  }

  /** Simulates a busy program: timers due meanwhile fire late. */
  busy(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
