import type { Budget } from "../values/budget.ts";
import { TemplateError } from "../values/values.ts";

/** The places for variables of one function: the template, a macro, a block, a recursive loop, a loop's filter. */
export class FunctionScope {
  readonly #slots = new Map<string, Slot>();

  constructor(readonly outer: FunctionScope | undefined, readonly budget: Budget) {}

  /** How many places a call needs. */
  get size(): number {
    return this.#slots.size;
  }

  /** The place of a name at a level of nesting; frames side by side share it, as Jinja2's do. */
  slot(level: number, name: string): Slot {
    const key = `${level} ${name}`;
    let slot = this.#slots.get(key);
    if (!slot) this.#slots.set(key, slot = new Slot(this, this.#slots.size));
    return slot;
  }
}

/** A place for one variable. */
export class Slot {
  constructor(readonly scope: FunctionScope, readonly index: number) {}
}

/** How a place gets its value when its frame is entered. */
export type Load =
  | { readonly from: "caller" }
  | { readonly from: "nowhere" }
  | { readonly from: "context"; readonly name: string }
  | { readonly from: "outside"; readonly slot: Slot };

/**
 * The names of a frame, found before it is compiled. As in Jinja2, a name that a frame assigns anywhere belongs to
 * the whole frame; one that it only reads is the enclosing frame's, else the context's.
 */
export class Symbols {
  #slots = new Map<string, Slot>();
  #loads = new Map<Slot, Load>();
  #stores = new Set<string>();

  constructor(
    readonly scope: FunctionScope,
    readonly outer: Symbols | undefined,
    readonly level: number = outer ? outer.level + 1 : 0,
  ) {}

  get loads(): ReadonlyMap<Slot, Load> {
    return this.#loads;
  }

  find(name: string): Slot | undefined {
    return this.#slots.get(name) ?? this.outer?.find(name);
  }

  /** The place of a name that is known. */
  slot(name: string): Slot {
    const slot = this.find(name);
    if (slot) return slot;
    throw new TemplateError(
      `Tried to resolve a name to a reference that was unknown to the frame ('${name}')`,
    );
  }

  /** Is it the place of a parameter? */
  isParameter(slot: Slot): boolean {
    const load = this.#loads.get(slot);
    return load ? load.from === "caller" : this.outer?.isParameter(slot) ?? false;
  }

  #define(name: string, load: Load): Slot {
    const slot = this.scope.slot(this.level, name);
    this.#slots.set(name, slot);
    this.#loads.set(slot, load);
    return slot;
  }

  /** A name that is read. */
  read(name: string): void {
    if (!this.find(name)) this.#define(name, { from: "context", name });
  }

  /** A name that is assigned. */
  store(name: string): void {
    this.#stores.add(name);
    if (this.#slots.has(name)) return;
    const slot = this.outer?.find(name);
    this.#define(name, slot ? { from: "outside", slot } : { from: "nowhere" });
  }

  /** A name that has its value before the frame is entered. */
  parameter(name: string): Slot {
    this.#stores.add(name);
    return this.#define(name, { from: "caller" });
  }

  /** The same names, for a branch that may not run. */
  branch(): Symbols {
    this.scope.budget.step(this.#slots.size);
    const copy = new Symbols(this.scope, this.outer, this.level);
    copy.#slots = new Map(this.#slots);
    copy.#loads = new Map(this.#loads);
    copy.#stores = new Set(this.#stores);
    return copy;
  }

  /** Takes over the names of branches: those that they alone assign have a value from outside before. */
  join(branches: readonly Symbols[]): void {
    const stored = new Set(branches.flatMap((branch) => [...branch.#stores]));
    for (const name of this.#stores) stored.delete(name);
    for (const branch of branches) {
      for (const [name, slot] of branch.#slots) this.#slots.set(name, slot);
      for (const [slot, load] of branch.#loads) this.#loads.set(slot, load);
      for (const name of branch.#stores) this.#stores.add(name);
    }
    for (const name of stored) {
      const slot = this.outer?.find(name);
      this.#loads.set(this.slot(name), slot ? { from: "outside", slot } : { from: "context", name });
    }
  }

  /** Every assigned name of this and the enclosing frames, and its place. */
  assigned(): Map<string, Slot> {
    const all = this.outer?.assigned() ?? new Map<string, Slot>();
    for (const name of this.#stores) all.set(name, this.slot(name));
    return all;
  }
}
