import { DataError } from "./errors.ts";
import { kindOf } from "./json.ts";

/** Bounds of a number, both included. */
export interface Bounds {
  /** Smallest value. */
  min?: number;
  /** Largest value. */
  max?: number;
}

/** Reads typed fields of one object; every refusal names the file, the field, what was expected and what came. */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #where: string;
  /** Oddities that are accepted, one line each. */
  readonly notes: string[];

  /**
   * Makes a reader.
   *
   * @param values the object's fields
   * @param where put in front of a field's name: `config.json: `, `config.json: rope_scaling.`
   * @param notes collects the notes
   */
  constructor(values: ReadonlyMap<string, unknown>, where: string, notes: string[] = []) {
    this.#values = values;
    this.#where = where;
    this.notes = notes;
  }

  /** The raw value; null and a missing field are both undefined. */
  get(key: string): unknown {
    return this.#values.get(key) ?? undefined;
  }

  /** Whether the field is there, be it null. */
  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** Refuses a field. */
  fail(key: string, problem: string): never {
    throw new DataError(`${this.#where}${key}: ${problem}`);
  }

  /** Notes an oddity of a field that is accepted. */
  note(key: string, text: string): void {
    this.notes.push(`${this.#where}${key}: ${text}`);
  }

  /** Reads a field that changes no result: a value that `read` refuses is noted, and the fallback is used. */
  unused<T>(fallback: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.notes.push(`${error.message}; ignored, as the field changes nothing`);
      return fallback;
    }
  }

  /** An integer; 1 to 2^24 unless told. */
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

  /** true or false; null is as good as false, as None is in Python. */
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

  /** An object; null where the field is missing or null. */
  object(key: string): Record<string, unknown> | null {
    return this.#isAbsent(key, null) ? null : this.#checked(key, "an object", isRecord);
  }

  /** Missing, or null where null means the fallback. */
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

/** A plain object, whatever its prototype. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
