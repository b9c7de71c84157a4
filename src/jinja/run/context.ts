import type { Value } from "../values/values.ts";

/** How escaping is switched; one for the whole rendering. */
export interface Escaping {
  on: boolean;
}

/** The variables that blocks see: what was passed, and what the template assigned outside of any body. */
export class Context {
  readonly assigned = new Map<string, Value>();

  constructor(readonly passed: ReadonlyMap<string, Value>, readonly escaping: Escaping) {}

  resolve(name: string): Value | undefined {
    const value = this.assigned.get(name);
    return value !== undefined ? value : this.passed.get(name);
  }

  /** A context with further variables, which does not pass on what is assigned in it. */
  derived(variables: Iterable<readonly [string, Value]>): Context {
    return new Context(new Map([...this.passed, ...this.assigned, ...variables]), this.escaping);
  }
}
