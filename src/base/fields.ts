import { DataError } from "./errors.ts";
import { kindOf } from "./json.ts";

/** Bounds of a number, both included. */
export interface Bounds {
  /** Smallest value. */
  min?: number;
  /** Largest value. */
  max?: number;
}

/**
 * Reads typed fields of one object; every error names the file, the field, the expected and the actual value.
 */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #where: string;
  /** Accepted oddities, one line each. */
  readonly notes: string[];

  /**
   * Makes a reader.
   *
   * @param values the object's fields
   * @param where prefix of a field's name: `config.json: `, `config.json: rope_scaling.`
   * @param notes receives the notes
   */
  constructor(values: ReadonlyMap<string, unknown>, where: string, notes: string[] = []) {
    this.#values = values;
    this.#where = where;
    this.notes = notes;
  }

  /** The raw value; undefined if the field is null or missing. */
  get(key: string): unknown {
    return this.#values.get(key) ?? undefined;
  }

  /** True if the field exists, even if it is null. */
  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Throws an error about a field. */
  fail(key: string, problem: string): never {
    throw new DataError(`${this.#where}${key}: ${problem}`);
  }

  /** Adds a note about an accepted irregularity of a field. */
  note(key: string, text: string): void {
    this.notes.push(`${this.#where}${key}: ${text}`);
  }

  /**
   * Reads a field that changes no result: if `read` rejects the value, adds a note and returns the fallback.
   */
  unused<T>(fallback: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.notes.push(`${error.message}; ignored, as the field changes nothing`);
      return fallback;
    }
  }

  /** An integer; default bounds: 1 to 2^24. */
  integer<D>(key: string, fallback: D, { min = 1, max = 2 ** 24 }: Bounds = {}): number | D {
    if (this.#isAbsent(key, fallback)) return fallback;
    return this.#checked(
      key,
      `an integer from ${min} to ${max}`,
      (value): value is number => Number.isInteger(value) && isWithin(value as number, min, max),
    );
  }

  /** A finite number. */
  number<D>(key: string, fallback: D, { min = -Infinity, max = Infinity }: Bounds = {}): number | D {
    if (this.#isAbsent(key, fallback)) return fallback;
    return this.#checked(
      key,
      `a finite number${boundsText(min, max)}`,
      (value): value is number => Number.isFinite(value) && isWithin(value as number, min, max),
    );
  }

  /** A boolean; null counts as false, like Python's None. */
  boolean(key: string, fallback: boolean): boolean {
    const value = this.#values.get(key);
    if (value === undefined) return fallback;
    return value !== null &&
      this.#checked(key, "true or false", (it): it is boolean => typeof it === "boolean");
  }

  /** A string. */
  string<D>(key: string, fallback: D): string | D {
    if (this.#isAbsent(key, fallback)) return fallback;
    return this.#checked(key, "a string", (value): value is string => typeof value === "string");
  }

  /** A list of exactly `length` finite numbers of at least `min`. */
  numbers(key: string, length: number, min: number): number[] {
    const list = this.#checked(key, `a list of ${length} numbers`, (value) => Array.isArray(value));
    if (list.length !== length) this.fail(key, `expected ${length} numbers, got ${list.length}`);
    return list.map((value: unknown, i) => {
      if (typeof value === "number" && Number.isFinite(value) && value >= min) return value;
      return this.fail(
        `${key}.${i}`,
        `expected a finite number${boundsText(min, Infinity)}, got ${kindOf(value)}`,
      );
    });
  }

  /** A list of integers within the bounds. */
  integers(key: string, { min = 1, max = 2 ** 24 }: Bounds = {}): number[] {
    const list = this.#checked(key, "a list of integers", (value) => Array.isArray(value));
    return list.map((value: unknown, i) => {
      if (Number.isInteger(value) && isWithin(value as number, min, max)) return value as number;
      return this.fail(`${key}.${i}`, `expected an integer from ${min} to ${max}, got ${kindOf(value)}`);
    });
  }

  /** A list of strings. */
  strings<D>(key: string, fallback: D): string[] | D {
    if (this.#isAbsent(key, fallback)) return fallback;
    return this.#checked(
      key,
      "a list of strings",
      (value): value is string[] => Array.isArray(value) && value.every((item) => typeof item === "string"),
    );
  }

  /** An object; null if the field is missing or null. */
  object(key: string): Record<string, unknown> | null {
    return this.#isAbsent(key, null) ? null : this.#checked(key, "an object", isRecord);
  }

  /** True if the field is missing, or is null and null means the fallback. */
  #isAbsent(key: string, fallback: unknown): boolean {
    const value = this.#values.get(key);
    return value === undefined || (value === null && fallback === null);
  }

  #checked<T>(key: string, expected: string, test: (value: unknown) => value is T): T {
    const value = this.#values.get(key);
    return test(value) ? value : this.fail(key, `expected ${expected}, got ${kindOf(value)}`);
  }
}

function isWithin(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function boundsText(min: number, max: number): string {
  const low = min === -Infinity ? "" : min === Number.MIN_VALUE ? " above 0" : ` of at least ${min}`;
  return max === Infinity ? low : `${low} and at most ${max}`;
}

/** True for a plain object with any prototype. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
