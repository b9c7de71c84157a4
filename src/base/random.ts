/**
 * Seeded numbers of tests and trials, so that a finding can be reproduced (xorshift over 32 bits). Stored verdicts of
 * `testdata/differential/` depend on its sequences.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    // Neighbouring seeds must not give neighbouring numbers.
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 || 1;
    for (let i = 0; i < 8; i++) this.below(2);
  }

  /** A whole number from 0 to `count` − 1. */
  below(count: number): number {
    return this.#next() % count;
  }

  /** A number between 0 and 1. */
  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** A random item. */
  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** From `least` to `most` results of `make`. */
  some<T>(least: number, most: number, make: (i: number) => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, i) => make(i));
  }

  #next(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>>= 0;
  }
}
