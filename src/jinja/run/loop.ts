import { equal } from "../values/compare.ts";
import { iterate, lengthOf } from "../values/sequences.ts";
import { raise } from "../values/types.ts";
import {
  Dict,
  type Evaluation,
  type Keywords,
  Markup,
  PyFunction,
  PyObject,
  Tuple,
  Undefined,
  type Value,
} from "../values/values.ts";

/** Renders the body of a recursive loop over other entries. */
export type Recurse = (entries: Value, depth: number) => Value;

/** The `loop` variable of a loop's body; also supplies the loop's entries. */
export class Loop extends PyObject {
  readonly typeName = "LoopContext";
  #entries: Iterator<Value>;
  #index = -1;
  #length?: number;
  /** The lookahead entry. */
  #after?: Value;
  #current?: Value;
  #before?: Value;
  #compared?: Value;

  constructor(
    readonly iterable: Value,
    readonly evaluation: Evaluation,
    readonly recurse?: Recurse,
    readonly depth = 0,
  ) {
    super();
    this.#entries = iterate(iterable, evaluation);
  }

  /** The next entry, or undefined after the last. */
  next(): Value | undefined {
    const entry = this.#peek();
    if (entry === undefined) return undefined;
    this.#after = undefined;
    this.#index++;
    this.#before = this.#current;
    this.#current = entry;
    return entry;
  }

  #peek(): Value | undefined {
    if (this.#after !== undefined) return this.#after;
    const next = this.#entries.next();
    return this.#after = next.done ? undefined : next.value;
  }

  override length(): number {
    return this.#length ??= hasLength(this.iterable)
      ? lengthOf(this.iterable, this.evaluation)
      : this.#countRest() + this.#index + 1 + (this.#after === undefined ? 0 : 1);
  }

  /** Reads the remaining entries to count them. */
  #countRest(): number {
    const rest: Value[] = [];
    for (let next = this.#entries.next(); !next.done; next = this.#entries.next()) {
      rest.push(next.value);
      this.evaluation.budget.entries(rest.length);
    }
    this.#entries = rest[Symbol.iterator]();
    return rest.length;
  }

  override text(): string {
    return `<LoopContext ${this.#index + 1}/${this.length()}>`;
  }

  override attribute(name: string): Value | undefined {
    switch (name) {
      case "index":
        return BigInt(this.#index + 1);
      case "index0":
        return BigInt(this.#index);
      case "revindex":
        return BigInt(this.length() - this.#index);
      case "revindex0":
        return BigInt(this.length() - this.#index - 1);
      case "length":
        return BigInt(this.length());
      case "depth":
        return BigInt(this.depth + 1);
      case "depth0":
        return BigInt(this.depth);
      case "first":
        return this.#index === 0;
      case "last":
        return this.#peek() === undefined;
      case "previtem":
        return this.#index === 0 ? new Undefined("there is no previous item") : this.#before;
      case "nextitem": {
        const next = this.#peek();
        return next === undefined ? new Undefined("there is no next item") : next;
      }
      case "cycle":
        return new PyFunction("cycle", (args, keywords) => this.#cycle(args, keywords));
      case "changed":
        return new PyFunction("changed", (args, keywords) => this.#changed(args, keywords));
    }
  }

  #cycle(args: readonly Value[], keywords: Keywords): Value {
    refuseKeywords("cycle", keywords);
    if (args.length === 0) raise("TypeError", "no items for cycling given");
    return args[this.#index % args.length];
  }

  #changed(args: readonly Value[], keywords: Keywords): boolean {
    refuseKeywords("changed", keywords);
    const value = new Tuple(args);
    if (this.#compared !== undefined && equal(this.#compared, value, this.evaluation)) return false;
    this.#compared = value;
    return true;
  }

  override call(args: readonly Value[], keywords: Keywords): Value {
    const iterable = args.length === 0 ? keywords.get("iterable") : args[0];
    if (iterable === undefined || args.length + keywords.size !== 1) {
      raise("TypeError", "LoopContext.__call__() takes 1 positional argument: iterable");
    }
    if (!this.recurse) {
      raise("TypeError", "The loop must have the 'recursive' marker to be called recursively.");
    }
    return this.recurse(iterable, this.depth + 1);
  }

  /** Pairs of entry and loop. It consumes the loop's own entries. */
  override iterate(): Iterator<Value> {
    return {
      next: () => {
        const entry = this.next();
        return entry === undefined
          ? { done: true, value: undefined }
          : { done: false, value: new Tuple([entry, this]) };
      },
    };
  }
}

function hasLength(value: Value): boolean {
  if (typeof value === "string" || value instanceof Markup || Array.isArray(value)) return true;
  if (value instanceof Tuple || value instanceof Dict || value instanceof Undefined) return true;
  return value instanceof PyObject && value.length !== undefined;
}

function refuseKeywords(name: string, keywords: Keywords): void {
  for (const key of keywords.keys()) {
    raise("TypeError", `LoopContext.${name}() got an unexpected keyword argument '${key}'`);
  }
}
