import { now, since } from "../../base/clock.ts";

/** Maximum evaluated nodes and entries per rendering. */
const MOST_STEPS = 4_000_000;
/** Maximum duration of a rendering, in milliseconds. */
const MOST_TIME = 2_000;
/** Maximum length of any text, in UTF-16 units. */
const MOST_TEXT = 2 ** 24;
/** Maximum entries of any list. */
const MOST_ENTRIES = 100_000;
/** Maximum nesting of calls, loops and expressions. */
const MOST_DEPTH = 200;

/** The budget is exhausted. A template cannot catch this error. */
export class BudgetError extends Error {}

/** The limits of a rendering. Each method throws BudgetError if its limit is exceeded. */
export class Budget {
  #steps = 0;
  #depth = 0;
  readonly #start = now();

  /** Counts work: evaluated nodes and visited entries. */
  step(count = 1): void {
    const before = this.#steps;
    this.#steps += count;
    if (this.#steps > MOST_STEPS) throw tooMuch(`at most ${MOST_STEPS} steps`, "more");
    // The clock is read once per 1024 steps.
    if (before >> 10 !== this.#steps >> 10 && since(this.#start) > MOST_TIME) {
      throw tooMuch(`an end within ${MOST_TIME} ms`, "none");
    }
  }

  /** Checks a text of `length` UTF-16 units; called before the text is built if the size is known. */
  text(length: number): void {
    if (length > MOST_TEXT) throw tooMuch(`texts of at most ${MOST_TEXT} characters`, String(length));
    this.step(length >> 6);
  }

  /** Checks a list of `count` entries; called before the list is built. */
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
