import type { Budget } from "./budget.ts";

/**
 * A template value. None is null, an int a bigint, a float a number, a str a string (indexed by code points, not
 * UTF-16 units) and a list an array; the other types are the classes below.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Markup
  | Value[]
  | Tuple
  | Dict
  | Undefined
  | PyObject;

/** Keyword arguments of a call, in source order. */
export type Keywords = ReadonlyMap<string, Value>;

/** The part of a rendering that operations use. */
export interface Evaluation {
  /** The remaining budget. */
  readonly budget: Budget;
  /** True inside `{% autoescape true %}`. */
  readonly autoescape?: boolean;
  /** Calls a value. @throws TemplateError if it is not callable. */
  call(callee: Value, args: readonly Value[], keywords: Keywords): Value;
  /** Applies a filter by name, as `map("upper")` does. @throws TemplateError if it is unknown. */
  filter(name: string, value: Value, args: readonly Value[], keywords: Keywords): Value;
  /** Applies a test by name, as `select("odd")` does. @throws TemplateError if it is unknown. */
  test(name: string, value: Value, args: readonly Value[], keywords: Keywords): boolean;
  /** `value.name`: an attribute, else an item, else Undefined. */
  attribute(value: Value, name: string): Value;
  /** `value[key]`: an item, else an attribute, else Undefined. */
  item(value: Value, key: Value): Value;
  /** The template variable with this name, or undefined. */
  lookup(name: string): Value | undefined;
}

/** An error that Jinja2 raises, as one line in Python's words; the interpreter adds line and construct. */
export class TemplateError extends Error {}

/** A missing variable, field or item: prints as an empty string, iterates over nothing, and refuses everything else. */
export class Undefined {
  /** `message` is the error for its use, such as `'x' is undefined`; `unsafe` marks a value hidden by the sandbox. */
  constructor(readonly message: string, readonly unsafe = false) {}
}

/** Safe HTML text, the result of `escape` and `safe`. Text concatenated with it is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

/** A tuple. */
export class Tuple {
  constructor(readonly items: readonly Value[]) {}
}

/** Any other object: functions, macros, ranges, generators, views, namespaces, `loop`. */
export abstract class PyObject {
  /** The Python name of its type, for errors. */
  abstract readonly typeName: string;
  /** Its str and repr. */
  abstract text(evaluation: Evaluation): string;
  /** A public attribute, or undefined. */
  attribute?(name: string, evaluation: Evaluation): Value | undefined;
  /** Calls it. */
  call?(args: readonly Value[], keywords: Keywords, evaluation: Evaluation): Value;
  /** Iterates over its entries; a generator yields each only once. */
  iterate?(evaluation: Evaluation): Iterator<Value>;
  /** Its `len()`; absent if it has none. */
  length?(evaluation: Evaluation): number;
  /** Its truth value; default: true if it has no length or a length above 0. */
  truth?(evaluation: Evaluation): boolean;
  /** Its `==`; default: identity. */
  equals?(other: Value): boolean;
  /** Its `in`; default: a search through its entries. */
  contains?(item: Value, evaluation: Evaluation): boolean;
  /** True if all its entries are in `other`; undefined if the two cannot be compared. */
  within?(other: Value, evaluation: Evaluation): boolean | undefined;
  /** `object[key]`, or undefined if there is no such item. */
  item?(key: Value, evaluation: Evaluation): Value | undefined;
  /** `object[start:stop:step]`. */
  slice?(start: Value, stop: Value, step: Value, evaluation: Evaluation): Value;
}

/** A function that templates can call. */
export class PyFunction extends PyObject {
  readonly typeName: string = "function";
  constructor(
    readonly name: string,
    readonly body: (args: readonly Value[], keywords: Keywords, evaluation: Evaluation) => Value,
  ) {
    super();
  }
  override text(): string {
    return `<function ${this.name}>`;
  }
  override call(args: readonly Value[], keywords: Keywords, evaluation: Evaluation): Value {
    return this.body(args, keywords, evaluation);
  }
}

/** A dict: keeps insertion order; keys are equal as in Python (1 == 1.0 == True). */
export class Dict {
  readonly #entries = new Map<string, [Value, Value]>();

  /** Builds a dict; a later entry replaces the value of an equal earlier key. */
  static from(entries: Iterable<readonly [Value, Value]>): Dict {
    const dict = new Dict();
    for (const [key, value] of entries) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.#entries.size;
  }
  get(key: Value): Value | undefined {
    return this.#entries.get(hashKey(key))?.[1];
  }
  has(key: Value): boolean {
    return this.#entries.has(hashKey(key));
  }
  /** Only for construction: templates cannot modify a dict. */
  set(key: Value, value: Value): void {
    const hash = hashKey(key);
    const entry = this.#entries.get(hash);
    if (entry) entry[1] = value;
    else this.#entries.set(hash, [key, value]);
  }
  keys(): Value[] {
    return [...this.#entries.values()].map(([key]) => key);
  }
  values(): Value[] {
    return [...this.#entries.values()].map(([, value]) => value);
  }
  entries(): IterableIterator<[Value, Value]> {
    return this.#entries.values();
  }
}

/** Maximum length of a tuple's key, in UTF-16 units. */
const MOST_HASH = 2 ** 20;

/** A string that is the same for equal keys. @throws TemplateError if Python cannot hash the key: lists and dicts. */
export function hashKey(key: Value): string {
  if (typeof key === "string") return "s" + key;
  if (key === null) return "none";
  if (typeof key === "boolean") return key ? "i1" : "i0";
  if (typeof key === "bigint") return "i" + key;
  if (typeof key === "number") return Number.isInteger(key) ? "i" + BigInt(key) : "f" + key;
  if (key instanceof Markup) return "s" + key.text;
  if (key instanceof Tuple) {
    const text = key.items.map((item) => {
      const hash = hashKey(item);
      return hash.length + ":" + hash;
    }).join(",");
    // A tuple can hold another tuple twice, and so on: its text doubles with each level.
    if (text.length > MOST_HASH) throw new TemplateError("expected a smaller key, got nested tuples");
    return `t(${text})`;
  }
  if (Array.isArray(key)) throw new TemplateError("unhashable type: 'list'");
  if (key instanceof Dict) throw new TemplateError("unhashable type: 'dict'");
  if (key instanceof Undefined) return "undefined";
  return "o" + identity(key);
}

const identities = new WeakMap<object, number>();
let identitiesGiven = 0;

/** A number that identifies an object: Python's id(). */
export function identity(value: object): number {
  let id = identities.get(value);
  if (id === undefined) identities.set(value, id = ++identitiesGiven);
  return id;
}
