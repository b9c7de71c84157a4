import { DataError } from "../../base/errors.ts";

/** Formats a value as one short line for an error message. */
export function show(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** A JSON object with type-checked access to its fields; errors name `file: path.field`. */
export class Fields {
  private constructor(readonly record: Record<string, unknown>, readonly where: string) {}

  /** @throws DataError if `value` is not an object. */
  static of(value: unknown, where: string): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new DataError(`${where}: expected an object, got ${show(value)}`);
    }
    return new Fields(value as Record<string, unknown>, where);
  }

  /** The path of a field, for messages. */
  path(name: string): string {
    return this.where.includes(":") ? `${this.where}.${name}` : `${this.where}: ${name}`;
  }

  /** Throws the one-line error for a field. */
  fail(name: string, expected: string): never {
    throw new DataError(`${this.path(name)}: expected ${expected}, got ${show(this.get(name))}`);
  }

  /** The raw field; undefined if absent (inherited names are ignored). */
  get(name: string): unknown {
    return Object.hasOwn(this.record, name) ? this.record[name] : undefined;
  }

  has(name: string): boolean {
    const value = this.get(name);
    return value !== undefined && value !== null;
  }

  string(name: string, fallback?: string): string {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.get(name);
    return typeof value === "string" ? value : this.fail(name, "a string");
  }

  boolean(name: string, fallback?: boolean): boolean {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.get(name);
    return typeof value === "boolean" ? value : this.fail(name, "true or false");
  }

  integer(name: string, least: number, most: number, fallback?: number): number {
    if (!this.has(name) && fallback !== undefined) return fallback;
    const value = this.get(name);
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
      this.fail(name, `an integer from ${least} to ${most}`);
    }
    return value;
  }

  number(name: string): number {
    const value = this.get(name);
    return typeof value === "number" && Number.isFinite(value) ? value : this.fail(name, "a finite number");
  }

  choice<const T extends string>(name: string, allowed: readonly T[], fallback?: T): T {
    const value = this.string(name, fallback);
    return allowed.find((item) => item === value) ?? this.fail(name, `one of ${allowed.join(", ")}`);
  }

  array(name: string): unknown[] {
    const value = this.get(name);
    return Array.isArray(value) ? value : this.fail(name, "an array");
  }

  object(name: string): Fields {
    return Fields.of(this.get(name), this.path(name));
  }

  /** The objects of an array field. */
  objects(name: string): Fields[] {
    return this.array(name).map((item, index) => Fields.of(item, `${this.path(name)}[${index}]`));
  }
}
