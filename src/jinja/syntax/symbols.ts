import type { Budget } from "../values/budget.ts";
import { TemplateError } from "../values/values.ts";

/** The variable slots of one function: the template, a macro, a block, a recursive loop or a loop's filter. */
export class FunctionScope {
  readonly #slots = new Map<string, Slot>();

  constructor(readonly outer: FunctionScope | undefined, readonly budget: Budget) {}

  /** Number of slots that a call needs. */
  get size(): number {
    return this.#slots.size;
  }

  /** The slot of a name at a nesting level; sibling frames share it, as in Jinja2. */
  slot(level: number, name: string): Slot {
    const key = `${level} ${name}`;
    let slot = this.#slots.get(key);
    if (!slot) this.#slots.set(key, slot = new Slot(this, this.#slots.size));
    return slot;
  }
}

/** Storage for one variable. */
export class Slot {
  constructor(readonly scope: FunctionScope, readonly index: number) {}
}

/** How a slot gets its value when its frame is entered. */
export type Load =
  | { readonly from: "caller" }
  | { readonly from: "nowhere" }
  | { readonly from: "context"; readonly name: string }
  | { readonly from: "outside"; readonly slot: Slot };

/**
 * The names of a frame, collected before it is compiled. As in Jinja2, a name assigned anywhere in a frame belongs to
 * the whole frame; a name that is only read belongs to an enclosing frame, else to the context.
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

  /** The slot of a name. @throws TemplateError if the name is unknown. */
  slot(name: string): Slot {
    const slot = this.find(name);
    if (slot) return slot;
    throw new TemplateError(
      `Tried to resolve a name to a reference that was unknown to the frame ('${name}')`,
    );
  }

  /** True if the slot is a parameter's. */
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

  /** Registers a name that is read. */
  read(name: string): void {
    if (!this.find(name)) this.#define(name, { from: "context", name });
  }

  /** Registers a name that is assigned. */
  store(name: string): void {
    this.#stores.add(name);
    if (this.#slots.has(name)) return;
    const slot = this.outer?.find(name);
    this.#define(name, slot ? { from: "outside", slot } : { from: "nowhere" });
  }

  /** Registers a name that has a value before the frame is entered. */
  parameter(name: string): Slot {
    this.#stores.add(name);
    return this.#define(name, { from: "caller" });
  }

  /** Copies the names for a branch that may not run. */
  branch(): Symbols {
    this.scope.budget.step(this.#slots.size);
    const copy = new Symbols(this.scope, this.outer, this.level);
    copy.#slots = new Map(this.#slots);
    copy.#loads = new Map(this.#loads);
    copy.#stores = new Set(this.#stores);
    return copy;
  }

  /** Merges the names of branches. A name that only a branch assigns is initialized from outside. */
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

  /** The names assigned in this and the enclosing frames, with their slots. */
  assigned(): Map<string, Slot> {
    const all = this.outer?.assigned() ?? new Map<string, Slot>();
    for (const name of this.#stores) all.set(name, this.slot(name));
    return all;
  }
}
