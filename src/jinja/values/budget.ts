import { now, since } from "../../base/clock.ts";

/** Evaluated nodes and entries of one rendering. */
const MOST_STEPS = 4_000_000;
/** Milliseconds of one rendering. */
const MOST_TIME = 2_000;
/** UTF-16 units of any text that is made. */
const MOST_TEXT = 2 ** 24;
/** Entries of any list that is made. */
const MOST_ENTRIES = 100_000;
/** Nested calls, loops and expressions. */
const MOST_DEPTH = 200;

/** There is nothing left to spend; nothing that a template does catches it. */
export class BudgetError extends Error {}

/** What a rendering may spend. Each method throws BudgetError where there is nothing left. */
export class Budget {
  #steps = 0;
  #depth = 0;
  readonly #start = now();

  /** Counts work: evaluated nodes, entries walked over. */
  step(count = 1): void {
    const before = this.#steps;
    this.#steps += count;
    if (this.#steps > MOST_STEPS) throw tooMuch(`at most ${MOST_STEPS} steps`, "more");
    // The clock is read once in a thousand steps.
    if (before >> 10 !== this.#steps >> 10 && since(this.#start) > MOST_TIME) {
      throw tooMuch(`an end within ${MOST_TIME} ms`, "none");
    }
  }

  /** Allows a text of that many UTF-16 units; asked before it is made where the size is known. */
  text(length: number): void {
    if (length > MOST_TEXT) throw tooMuch(`texts of at most ${MOST_TEXT} characters`, String(length));
    this.step(length >> 6);
  }

  /** Allows a list of that many entries; asked before it is made. */
  entries(count: number): void {
    if (count > MOST_ENTRIES) throw tooMuch(`lists of at most ${MOST_ENTRIES} entries`, String(count));
    this.step(count);
  }

  /** Runs `work` one level deeper. */
  deeper<T>(work: () => T): T {
    if (++this.#depth > MOST_DEPTH) throw tooMuch(`at most ${MOST_DEPTH} nested levels`, "more");
    try {
      return work();
    } finally {
      this.#depth--;
    }
  }
}

function tooMuch(expected: string, got: string): BudgetError {
  return new BudgetError(`expected ${expected}, got ${got}`);
}
