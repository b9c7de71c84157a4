/**
 * The switch in a tree whose validations can be deleted (`deletable` of find.ts writes calls of it): which one is
 * deleted now, and which ones have refused something since `begin`.
 */
class Deletion {
  #deleted = -1;
  #refused = new Set<number>();
  /** What calls on whose behalf a function checks; and which of its checks it is at. */
  #caller = -1;
  #check = -1;

  /** Deletes one validation, none for −1, and forgets what has refused. */
  begin(deleted: number): void {
    [this.#deleted, this.#caller, this.#check] = [deleted, -1, -1];
    this.#refused = new Set();
  }

  /** Validations that have refused something, deleted or not. */
  get refused(): number[] {
    return [...this.#refused].filter((id) => id >= 0);
  }

  /** Before a `throw`: whether it is still there. Without a number, the place of the call decides. */
  stays(id = this.#check): boolean {
    const ids = [id, this.#caller];
    for (const one of ids) this.#refused.add(one);
    return this.#deleted < 0 || !ids.includes(this.#deleted);
  }

  /** Among the arguments of a call that may refuse: says which call it is. */
  at(id: number): [] {
    [this.#caller, this.#check] = [id, -1];
    return [];
  }

  /** The same inside of a function that checks for its caller. */
  within(id: number): [] {
    this.#check = id;
    return [];
  }

  /** One of several reasons to refuse: whether it holds, unless it is deleted. */
  holds(id: number, reason: unknown): boolean {
    if (reason) this.#refused.add(id);
    return Boolean(reason) && this.#deleted !== id;
  }
}

/** Found by its global name, as sources of any folder call it. */
export const deletion: Deletion = new Deletion();
Object.assign(globalThis, { deletion });
