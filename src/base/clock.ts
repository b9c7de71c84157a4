/**
 * The system's clock and timers. All code that reads time or waits uses this object, so tests can replace its
 * functions. The time may stop, go back or jump: measure durations with {@linkcode since} only.
 */
export const clock = {
  /** Milliseconds since an arbitrary moment. */
  now: (): number => performance.now(),
  /** Current date and time. */
  date: (): Date => new Date(),
  /** Calls `run` once after that many milliseconds; the returned function cancels it. */
  after: (milliseconds: number, run: () => void): () => void => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** The current moment, for {@linkcode since}. */
export function now(): number {
  return clock.now();
}

/** Milliseconds since a moment; never negative, whatever the clock does. */
export function since(moment: number): number {
  return Math.max(0, clock.now() - moment);
}

/** A rate that is always finite: 0 if no time has passed. */
export function perSecond(count: number, milliseconds: number): number {
  return milliseconds > 0 ? count / (milliseconds / 1000) : 0;
}

/** Waits that many milliseconds; 0 yields to all other ready work. */
export function pause(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => clock.after(milliseconds, resolve));
}
