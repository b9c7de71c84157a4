/**
 * The switch in a tree whose validations can be deleted (`deletable` of find.ts writes its calls): the
 * currently deleted validation, and those that have refused something since `begin`.
 */
class Deletion {
  #deleted = -1;
  #refused = new Set<number>();
  /** The call on whose behalf a function checks, and the current check in that function. */
  #caller = -1;
  #check = -1;

  /** Deletes one validation (−1: none) and clears the list of refusals. */
  begin(deleted: number): void {
    [this.#deleted, this.#caller, this.#check] = [deleted, -1, -1];
    this.#refused = new Set();
  }

  /** Validations that have refused something, deleted or not. */
  get refused(): number[] {
    return [...this.#refused].filter((id) => id >= 0);
  }

  /** Before a `throw`: true unless it is deleted. Without a number, the call's position decides. */
  stays(id = this.#check): boolean {
    const ids = [id, this.#caller];
    for (const one of ids) this.#refused.add(one);
    return this.#deleted < 0 || !ids.includes(this.#deleted);
  }

  /** An argument of a call that may refuse: identifies the call. */
  at(id: number): [] {
    [this.#caller, this.#check] = [id, -1];
    return [];
  }

  /** Identifies the call in a function that checks on behalf of its caller. */
  within(id: number): [] {
    this.#check = id;
    return [];
  }

  /** One of several reasons to refuse: true if it holds and is not deleted. */
  holds(id: number, reason: unknown): boolean {
    if (reason) this.#refused.add(id);
    return Boolean(reason) && this.#deleted !== id;
  }
}

/** A global, since sources of any folder call it. */
export const deletion: Deletion = new Deletion();
Object.assign(globalThis, { deletion });
