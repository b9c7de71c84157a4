import type { Budget } from "./budget.ts";

/**
 * A value of a template, as Python has it: None is null, an int a bigint, a float a number, a str a string (counted
 * in code points, whatever JavaScript counts), a list an array; the rest are the classes below.
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

/** Keyword arguments of a call, in the order they were written. */
export type Keywords = ReadonlyMap<string, Value>;

/** What operations need of the rendering that they are part of. */
export interface Evaluation {
  /** Steps, characters and depth that are left. */
  readonly budget: Budget;
  /** Escaping is on, inside of `{% autoescape true %}`. */
  readonly autoescape?: boolean;
  /** Calls a value. @throws TemplateError if it is not callable. */
  call(callee: Value, args: readonly Value[], keywords: Keywords): Value;
  /** Applies a filter by name, as `map("upper")` does. @throws TemplateError if there is none of that name. */
  filter(name: string, value: Value, args: readonly Value[], keywords: Keywords): Value;
  /** Applies a test by name, as `select("odd")` does. @throws TemplateError if there is none of that name. */
  test(name: string, value: Value, args: readonly Value[], keywords: Keywords): boolean;
  /** `value.name`: an attribute, else an item, else Undefined. */
  attribute(value: Value, name: string): Value;
  /** `value[key]`: an item, else an attribute, else Undefined. */
  item(value: Value, key: Value): Value;
  /** The template's variable of that name, or undefined if there is none. */
  lookup(name: string): Value | undefined;
}

/** What Jinja2 refuses, in one line and in Python's words; the interpreter adds line and construct. */
export class TemplateError extends Error {}

/** A missing variable, field or item: prints as nothing, iterates over nothing, and refuses everything else. */
export class Undefined {
  /** `message` is the error of using it, such as `'x' is undefined`; `unsafe` marks what the sandbox hides. */
  constructor(readonly message: string, readonly unsafe = false) {}
}

/** Text that is safe HTML: what `escape` and `safe` make. Joined to text it escapes that text. */
export class Markup {
  constructor(readonly text: string) {}
}

/** A tuple. */
export class Tuple {
  constructor(readonly items: readonly Value[]) {}
}

/** Any other object: functions, macros, ranges, generators, views, namespaces, `loop`. */
export abstract class PyObject {
  /** Python's name of its type, as errors print it. */
  abstract readonly typeName: string;
  /** Its str and repr. */
  abstract text(evaluation: Evaluation): string;
  /** A public attribute, or undefined if it has none of that name. */
  attribute?(name: string, evaluation: Evaluation): Value | undefined;
  /** Calls it. */
  call?(args: readonly Value[], keywords: Keywords, evaluation: Evaluation): Value;
  /** Its entries one by one; a generator gives each only once. */
  iterate?(evaluation: Evaluation): Iterator<Value>;
  /** Its `len()`, for those that have one. */
  length?(evaluation: Evaluation): number;
  /** Its truth; without this, by its length, else true. */
  truth?(evaluation: Evaluation): boolean;
  /** Its ==, where that is not identity. */
  equals?(other: Value): boolean;
  /** Its `in`, where that is not a walk over its entries. */
  contains?(item: Value, evaluation: Evaluation): boolean;
  /** Are all its entries in the other one? Undefined where the two have no such order. */
  within?(other: Value, evaluation: Evaluation): boolean | undefined;
  /** `object[key]`, or undefined if it has none. */
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

/** A dict: keeps the order of insertion; keys are equal as in Python (1 == 1.0 == True). */
export class Dict {
  readonly #entries = new Map<string, [Value, Value]>();

  /** A dict of entries; a later key replaces the value of an equal earlier one. */
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
  /** Only for building one: templates cannot change a dict. */
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

/** UTF-16 units of a tuple's key. */
const MOST_HASH = 2 ** 20;

/** A text that is equal for equal keys. @throws TemplateError for what Python cannot hash: lists and dicts. */
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
    // A tuple may hold another one twice, and so on: its text would double with each.
    if (text.length > MOST_HASH) throw new TemplateError("expected a smaller key, got a tuple of tuples");
    return `t(${text})`;
  }
  if (Array.isArray(key)) throw new TemplateError("unhashable type: 'list'");
  if (key instanceof Dict) throw new TemplateError("unhashable type: 'dict'");
  if (key instanceof Undefined) return "undefined";
  return "o" + identity(key);
}

const identities = new WeakMap<object, number>();
let identitiesGiven = 0;

/** A number that an object keeps: Python's id(). */
export function identity(value: object): number {
  let id = identities.get(value);
  if (id === undefined) identities.set(value, id = ++identitiesGiven);
  return id;
}
