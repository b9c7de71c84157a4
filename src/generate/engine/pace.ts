import { now, since } from "../../base/clock.ts";

/** Work of one group of steps, in milliseconds: long enough to hide a readback, short enough for smooth streaming. */
const GROUP_MS = 30;
/** Prompt rows that run between two groups of steps take about this long. */
const CHUNK_MS = 50;
/** Prompt rows in flight take at most about this long. */
const AHEAD_MS = 100;
/** Share of the shortest recent time that work takes for certain. */
const CERTAIN = 0.7;
/** Growth of a shortest time with each longer one: a slower device is noticed, a single delay is not. */
const GROWTH = 1.25;
/** Fewest rows of a chunk. */
const LEAST_ROWS = 16;

/** Sizes of the work between two readbacks, by the time that earlier work took. Sizes change no result. */
export class Pace {
  #stepMs = 0;
  /** Shortest recent time of a step; 0 until two groups have run. */
  #leastStepMs = 0;
  #groups = 0;
  /** Milliseconds of a chunk by its number of rows: LEAST_ROWS · 2^index. */
  readonly #chunkMs: number[] = [];
  readonly #chunkRuns: number[] = [];
  /** Work submitted since the last wait: rows of each chunk, number of steps, time of the first. */
  #chunks: number[] = [];
  #steps = 0;
  #since: number | undefined;

  /** Number of decoding steps to submit together. */
  get steps(): number {
    return this.#stepMs === 0 ? 1 : Math.max(1, Math.round(GROUP_MS / this.#stepMs));
  }

  /** Number of prompt rows that delay others for about {@linkcode CHUNK_MS}. */
  get rows(): number {
    if (this.#chunkMs.length === 0) return LEAST_ROWS * 2;
    // Reading the weights costs the same for few rows: fewer rows that are not faster help nobody.
    const most = Math.max(CHUNK_MS, 1.25 * this.#expected(0));
    let size = 0;
    // Sizes beyond those that ran are tried one by one.
    while (this.#chunkMs.length > size && this.#expected(size + 1) <= most) size++;
    return rowsOf(size);
  }

  /** Notes a chunk just submitted; true if it is time to wait for it. */
  ran(rows: number): boolean {
    this.#since ??= now();
    this.#chunks.push(rows);
    return this.#expectedMs > AHEAD_MS;
  }

  /** Notes steps just submitted. */
  stepped(steps: number): void {
    this.#since ??= now();
    this.#steps += steps;
  }

  /** Milliseconds that the submitted work takes at least; 0 if unknown. Too long a rest would prove itself right. */
  get restMs(): number {
    const known = this.#steps === 0 || this.#leastStepMs > 0;
    const rowsMs = this.#chunks.reduce((sum, rows) => {
      const size = sizeOf(rows);
      return sum + (this.#chunkRuns[size] > 1 ? this.#chunkMs[size] * rows / rowsOf(size) : 0);
    }, 0);
    const ms = CERTAIN * (rowsMs + this.#leastStepMs * this.#steps);
    return known ? Math.max(0, Math.floor(ms - since(this.#since ?? now()))) : 0;
  }

  /** Notes that all submitted work has ended. */
  settled(): void {
    const ms = since(this.#since ?? now());
    const [rows, ...more] = this.#chunks;
    if (rows === undefined && this.#steps > 0) this.#tookSteps(ms);
    if (rows !== undefined && more.length === 0) {
      const known = this.#chunkMs[sizeOf(rows)];
      // The chunk takes its part, whatever the steps were expected to take.
      if (this.#steps === 0 || this.#stepMs > 0) {
        this.#tookRows(Math.max(ms - this.#stepMs * this.#steps, ms / 4), rows);
      } else if (known !== undefined) this.#tookSteps(Math.max(ms - known, ms / 4));
      else this.#tookRows(ms, rows);
    }
    this.forget();
  }

  /** Notes that nobody waits for the submitted work. */
  forget(): void {
    this.#chunks = [];
    this.#steps = 0;
    this.#since = undefined;
  }

  /** Milliseconds that the submitted work will take; Infinity if unknown. */
  get #expectedMs(): number {
    return this.#chunks.reduce((sum, rows) => sum + (this.#chunkMs[sizeOf(rows)] ?? Infinity), 0);
  }

  #tookSteps(ms: number): void {
    this.#stepMs = ms / this.#steps;
    this.#leastStepMs = ++this.#groups < 2
      ? 0
      : Math.min(this.#stepMs, (this.#leastStepMs || Infinity) * GROWTH);
  }

  #tookRows(ms: number, rows: number): void {
    const size = sizeOf(rows);
    // A chunk much smaller than its size says little.
    if (rows < 0.75 * rowsOf(size)) return;
    // The first chunk compiles kernels; a busy machine slows single ones.
    this.#chunkMs[size] = Math.min(ms, (this.#chunkMs[size] ?? Infinity) * GROWTH);
    this.#chunkRuns[size] = (this.#chunkRuns[size] ?? 0) + 1;
  }

  /** Expected milliseconds of a chunk; of sizes never run, a lower bound, so that they are tried. */
  #expected(size: number): number {
    const known = this.#chunkMs[size];
    const smaller = this.#chunkMs.findLast((ms, i) => i < size && ms !== undefined);
    if (known === undefined && smaller !== undefined) return smaller;
    // Twice the rows take at most about twice the time: what took longer was delayed by something else.
    if (known !== undefined) return Math.min(known, 2 * (this.#chunkMs[size - 1] ?? Infinity));
    const larger = this.#chunkMs.findIndex((ms, i) => i > size && ms !== undefined);
    return larger < 0 ? 0 : this.#chunkMs[larger] / 2 ** (larger - size);
  }
}

function sizeOf(rows: number): number {
  return Math.max(0, Math.ceil(Math.log2(rows / LEAST_ROWS)));
}

/** Most rows of a size. */
function rowsOf(size: number): number {
  return LEAST_ROWS * 2 ** size;
}
