import { DataError } from "./errors.ts";
import { kindOf } from "./json.ts";

/** Bounds of a number, both included. */
export interface Bounds {
  /** Smallest value. */
  min?: number;
  /** Largest value. */
  max?: number;
}

/** In place of a fallback: the field must be there, and not null. */
export const REQUIRED = Symbol("required");

type Given<T, D> = T | Exclude<D, typeof REQUIRED>;

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

  /**
   * Makes a reader of a JSON value.
   * @param where the value's place: `tokenizer.json`, `tokenizer.json: model`
   * @throws DataError if it is not an object
   */
  static of(value: unknown, where: string): Fields {
    if (!isRecord(value)) throw new DataError(`${where}: expected an object, got ${kindOf(value)}`);
    return new Fields(new Map(Object.entries(value)), where + (where.includes(":") ? "." : ": "));
  }

  /** Names of all fields. */
  keys(): string[] {
    return [...this.#values.keys()];
  }

  /** Place of a field, as messages name it. */
  path(key: string): string {
    return this.#where + key;
  }

  /** The raw value; undefined if the field is null or missing. */
  get(key: string): unknown {
    return this.#values.get(key) ?? undefined;
  }

  /** True if the field exists, even if it is null. */
  has(key: string): boolean {
    return this.#values.has(key);
  }

  /** True if the field exists and is not null. */
  given(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Throws an error about a field. */
  fail(key: string, problem: string): never {
    throw new DataError(`${this.path(key)}: ${problem}`);
  }

  /** Throws an error about a field's value. */
  refuse(key: string, expected: string): never {
    return this.fail(key, `expected ${expected}, got ${kindOf(this.#values.get(key))}`);
  }

  /** Adds a note about an accepted irregularity of a field. */
  note(key: string, text: string): void {
    this.notes.push(`${this.path(key)}: ${text}`);
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
  integer<D>(key: string, fallback: D, { min = 1, max = 2 ** 24 }: Bounds = {}): Given<number, D> {
    if (this.#isAbsent(key, fallback)) return fallback as Given<number, D>;
    return this.#checked(
      key,
      `an integer from ${min} to ${max}`,
      (value): value is number => Number.isInteger(value) && isWithin(value as number, min, max),
    );
  }

  /** A finite number; a bigint becomes the nearest one. */
  number<D>(key: string, fallback: D, { min = -Infinity, max = Infinity }: Bounds = {}): Given<number, D> {
    if (this.#isAbsent(key, fallback)) return fallback as Given<number, D>;
    const value = this.#values.get(key);
    const number = typeof value === "bigint" ? Number(value) : value;
    if (Number.isFinite(number) && isWithin(number as number, min, max)) return number as number;
    return this.refuse(key, `a finite number${boundsText(min, max)}`);
  }

  /** A boolean; null counts as false, like Python's None, unless the fallback is null or {@linkcode REQUIRED}. */
  boolean<D>(key: string, fallback: D): Given<boolean, D> {
    if (this.#isAbsent(key, fallback)) return fallback as Given<boolean, D>;
    if (this.#values.get(key) === null && fallback !== REQUIRED) return false;
    return this.#checked(key, "true or false", (it): it is boolean => typeof it === "boolean");
  }

  /** A string. */
  string<D>(key: string, fallback: D): Given<string, D> {
    if (this.#isAbsent(key, fallback)) return fallback as Given<string, D>;
    return this.#checked(key, "a string", (value): value is string => typeof value === "string");
  }

  /** One of the allowed strings. */
  choice<const T extends string, D>(key: string, allowed: readonly T[], fallback: D): Given<T, D> {
    const value = this.string(key, fallback);
    if (typeof value !== "string") return value as Given<T, D>;
    return allowed.find((item) => item === value) ?? this.refuse(key, `one of ${allowed.join(", ")}`);
  }

  /** A list of anything. */
  array(key: string): unknown[] {
    return this.#checked(key, "an array", (value): value is unknown[] => Array.isArray(value));
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
  strings<D>(key: string, fallback: D): Given<string[], D> {
    if (this.#isAbsent(key, fallback)) return fallback as Given<string[], D>;
    return this.#checked(
      key,
      "a list of strings",
      (value): value is string[] => Array.isArray(value) && value.every((item) => typeof item === "string"),
    );
  }

  /** A plain object; null if the field is missing or null. */
  record(key: string): Record<string, unknown> | null {
    return this.#isAbsent(key, null) ? null : this.#checked(key, "an object", isRecord);
  }

  /** The fields of an object. */
  object(key: string): Fields {
    return Fields.of(this.#values.get(key), this.path(key));
  }

  /** The fields of each object of a list. */
  objects(key: string): Fields[] {
    return this.array(key).map((item, i) => Fields.of(item, `${this.path(key)}[${i}]`));
  }

  /** True if the field is missing, or is null and null means the fallback. */
  #isAbsent(key: string, fallback: unknown): boolean {
    if (fallback === REQUIRED) return false;
    const value = this.#values.get(key);
    return value === undefined || (value === null && fallback === null);
  }

  #checked<T>(key: string, expected: string, test: (value: unknown) => value is T): T {
    const value = this.#values.get(key);
    return test(value) ? value : this.refuse(key, expected);
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
