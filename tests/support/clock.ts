import { clock } from "../../src/base/clock.ts";

/** Time that passes when a test says so, or when all that there is to do waits for it. */
export class FakeClock {
  #now = 0;
  readonly #timers: Set<{ readonly at: number; readonly run: () => void }> = new Set();

  /** Runs work under this clock, however loaded the machine is. */
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
        // A turn of the real loop: everything that is ready goes first.
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

  /** The program is busy for that long: what is due meanwhile comes late. */
  busy(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
