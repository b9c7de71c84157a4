import { DataError } from "../../base/errors.ts";

/**
 * A language of byte strings. Expressions are immutable and interned by their {@link Expressions}: two that
 * are built alike are one object.
 */
export type Expression =
  & {
    readonly id: number;
    /** True if the empty string belongs to the language; false for a reference that is not resolved yet. */
    readonly nullable: boolean;
  }
  & (
    | { readonly kind: "empty" }
    /** One byte of a set. */
    | { readonly kind: "bytes"; readonly set: ByteSet }
    | { readonly kind: "sequence"; readonly first: Expression; readonly rest: Expression }
    /** One of several; of none: nothing matches. */
    | { readonly kind: "choice"; readonly options: readonly Expression[] }
    /** `min` to `max` times an expression that is not nullable; `max` may be Infinity. */
    | { readonly kind: "repeat"; readonly item: Expression; readonly min: number; readonly max: number }
    /** A rule, which may refer to itself. */
    | { readonly kind: "rule"; readonly rule: Rule }
    /** A language that a deterministic machine recognises. */
    | { readonly kind: "machine"; readonly recipe: Recipe }
  );

/** How to build a machine. */
export type Recipe =
  /** Strings of both languages. */
  | { readonly kind: "and"; readonly left: Expression; readonly right: Expression }
  /** Strings of the left language that the right one lacks. */
  | { readonly kind: "minus"; readonly left: Expression; readonly right: Expression }
  /** JSON numbers of at most `digits` decimal places that are multiples of divisor / 10^digits. */
  | { readonly kind: "multiple"; readonly divisor: number; readonly digits: number };

/** A named expression that is set after it is referred to. */
export interface Rule {
  readonly name: string;
  body?: Expression;
}

/** A set of bytes: 256 bits in eight words. */
export type ByteSet = Uint32Array;

/** True if the set contains a byte. */
export function hasByte(set: ByteSet, byte: number): boolean {
  return (set[byte >> 5] >>> (byte & 31) & 1) === 1;
}

/** The set of the bytes in the ranges given, bounds included. */
export function byteSet(ranges: readonly (readonly [from: number, to: number])[]): ByteSet {
  const set = new Uint32Array(8);
  for (const [from, to] of ranges) {
    for (let byte = from; byte <= to; byte++) set[byte >> 5] |= 1 << (byte & 31);
  }
  return set;
}

/** Expressions that a grammar may have; more are refused, so that compiling never takes long. */
const MOST_EXPRESSIONS = 200_000;

/** Thrown if a grammar has too many expressions. */
export class TooLargeError extends DataError {
  override name = "TooLargeError";
}

/** Distributive Omit: keeps the variants of a union apart. */
type Shape = Expression extends infer One ? One extends Expression ? Omit<One, "id" | "nullable"> : never
  : never;

/** Makes and interns the expressions of one grammar. */
export class Expressions {
  readonly #known = new Map<string, Expression>();
  readonly #literals = new Map<string, Expression>();
  #count = 0;
  /** The empty string. */
  readonly empty: Expression = this.#intern("empty", { kind: "empty" }, true);
  /** The language without any string. */
  readonly never: Expression = this.#intern("choice", { kind: "choice", options: [] }, false);

  /** One byte of the ranges, bounds included. */
  bytes(...ranges: readonly (readonly [from: number, to: number])[]): Expression {
    return this.#set(byteSet(ranges));
  }

  /** The UTF-8 bytes of a text. */
  literal(text: string): Expression {
    let known = this.#literals.get(text);
    if (known === undefined) {
      const bytes = new TextEncoder().encode(text);
      known = this.sequence(...Array.from(bytes, (byte) => this.bytes([byte, byte])));
      this.#literals.set(text, known);
    }
    return known;
  }

  /** One after another. */
  sequence(...items: readonly Expression[]): Expression {
    let result = this.empty;
    for (let i = items.length - 1; i >= 0; i--) result = this.#pair(items[i], result);
    return result;
  }

  /** Any of them. */
  choice(...options: readonly Expression[]): Expression {
    const flat = new Set<Expression>();
    for (const option of options) {
      if (option.kind === "choice") { for (const one of option.options) flat.add(one); }
      else flat.add(option);
    }
    const distinct = joinSets([...flat], (set) => this.#set(set));
    if (distinct.length === 1) return distinct[0];
    if (distinct.length === 0) return this.never;
    const key = `choice ${distinct.map(({ id }) => id).join(" ")}`;
    return this.#intern(key, { kind: "choice", options: distinct }, distinct.some((one) => one.nullable));
  }

  /** An expression or nothing. */
  optional(item: Expression): Expression {
    return this.choice(item, this.empty);
  }

  /** `min` to `max` times; the counts are kept as numbers, however large they are. */
  repeat(item: Expression, min: number, max: number): Expression {
    if (max < min) return this.never;
    if (max === 0 || item === this.empty) return this.empty;
    if (item === this.never) return min === 0 ? this.empty : this.never;
    if (item.nullable) {
      // An empty item counts, so only the upper bound remains; without empty items the count is exact.
      return this.repeat(this.withoutEmpty(item), 0, max);
    }
    if (min === 1 && max === 1) return item;
    return this.#intern(`repeat ${item.id} ${min} ${max}`, { kind: "repeat", item, min, max }, min === 0);
  }

  /** A new rule, to be given its body later. */
  rule(name: string): { rule: Rule; expression: Expression } {
    const rule: Rule = { name };
    return { rule, expression: this.#intern(`rule ${this.#count}`, { kind: "rule", rule }, false) };
  }

  /** The language of a machine. */
  machine(recipe: Recipe, nullable: boolean): Expression {
    const parts = "left" in recipe ? `${recipe.left.id} ${recipe.right.id}` : JSON.stringify(recipe);
    return this.#intern(`machine ${recipe.kind} ${parts}`, { kind: "machine", recipe }, nullable);
  }

  /** The language without the empty string. */
  withoutEmpty(one: Expression): Expression {
    if (!one.nullable) return one;
    switch (one.kind) {
      case "choice":
        return this.choice(...one.options.map((option) => this.withoutEmpty(option)));
      case "sequence":
        return this.choice(this.#pair(this.withoutEmpty(one.first), one.rest), this.withoutEmpty(one.rest));
      case "repeat":
        return this.#pair(one.item, this.repeat(one.item, 0, one.max - 1));
      case "machine":
        return this.machine({ kind: "minus", left: one, right: this.empty }, false);
      default:
        return this.never;
    }
  }

  #pair(first: Expression, rest: Expression): Expression {
    if (first === this.never || rest === this.never) return this.never;
    if (first === this.empty) return rest;
    if (first.kind === "sequence") return this.#pair(first.first, this.#pair(first.rest, rest));
    if (rest === this.empty) return first;
    const nullable = first.nullable && rest.nullable;
    return this.#intern(`sequence ${first.id} ${rest.id}`, { kind: "sequence", first, rest }, nullable);
  }

  #set(set: ByteSet): Expression {
    if (set.every((word) => word === 0)) return this.never;
    return this.#intern(`bytes ${set.join(" ")}`, { kind: "bytes", set }, false);
  }

  #intern(key: string, shape: Shape, nullable: boolean): Expression {
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#count >= MOST_EXPRESSIONS) {
      throw new TooLargeError(`the grammar is too large: more than ${MOST_EXPRESSIONS} expressions`);
    }
    const made = { ...shape, id: this.#count++, nullable } as Expression;
    this.#known.set(key, made);
    return made;
  }
}

/** Joins the byte sets among the options of a choice into one. */
function joinSets(
  options: readonly Expression[],
  made: (set: ByteSet) => Expression,
): readonly Expression[] {
  const sets = options.filter((one) => one.kind === "bytes");
  if (sets.length < 2) return options;
  const union = new Uint32Array(8);
  for (const { set } of sets) set.forEach((word, i) => union[i] |= word);
  return [made(union), ...options.filter(({ kind }) => kind !== "bytes")];
}
