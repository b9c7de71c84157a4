/** Upper bounds of the buckets of both histograms, in seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** Numbers of observations up to each bound, their count and sum. */
export class Histogram {
  readonly bounds: readonly number[] = BOUNDS;
  readonly counts: number[] = BOUNDS.map(() => 0);
  count = 0;
  sum = 0;

  /** Adds an observation, in milliseconds. */
  observe(ms: number): void {
    const seconds = ms / 1000;
    this.count++;
    this.sum += seconds;
    BOUNDS.forEach((bound, i) => {
      if (seconds <= bound) this.counts[i]++;
    });
  }
}

/** Counts since the start, for `/metrics`. */
export class Meter {
  /** Answered requests by route and status. */
  readonly requests: Map<string, number> = new Map();
  /** From a request's arrival to its first token. */
  readonly firstToken: Histogram = new Histogram();
  /** Between two tokens of an answer. */
  readonly nextToken: Histogram = new Histogram();

  /** Counts an answered request. */
  answered(route: string, status: number): void {
    const key = `${route} ${status}`;
    this.requests.set(key, (this.requests.get(key) ?? 0) + 1);
  }
}
