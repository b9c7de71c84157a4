/**
 * The system's clock and timers. Everything that reads time or waits does so through this one object; a test puts
 * other functions here. What is read may stand still, go back or leap: only {@linkcode since} tells how long
 * something took.
 */
export const clock = {
  /** Milliseconds since some moment. */
  now: (): number => performance.now(),
  /** The day and hour. */
  date: (): Date => new Date(),
  /** Calls `run` once, that many milliseconds from now; what is returned takes it back. */
  after: (milliseconds: number, run: () => void): () => void => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** A moment, for {@linkcode since}. */
export function now(): number {
  return clock.now();
}

/** Milliseconds that have passed since a moment: never less than none, whatever the clock does. */
export function since(moment: number): number {
  return Math.max(0, clock.now() - moment);
}

/** A rate that is always a plain number: 0 where no time has passed. */
export function perSecond(count: number, milliseconds: number): number {
  return milliseconds > 0 ? count / (milliseconds / 1000) : 0;
}

/** Waits that many milliseconds; 0 lets everything else that is ready go first. */
export function pause(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => clock.after(milliseconds, resolve));
}
