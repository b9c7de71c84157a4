import type { Value } from "../values/values.ts";

/** The autoescape switch, shared by the whole rendering. */
export interface Escaping {
  on: boolean;
}

/** The variables that blocks see: those passed in, and those assigned at the top level of the template. */
export class Context {
  readonly assigned = new Map<string, Value>();

  constructor(readonly passed: ReadonlyMap<string, Value>, readonly escaping: Escaping) {}

  resolve(name: string): Value | undefined {
    const value = this.assigned.get(name);
    return value !== undefined ? value : this.passed.get(name);
  }

  /** A copy with further variables; assignments to it do not reach this context. */
  derived(variables: Iterable<readonly [string, Value]>): Context {
    return new Context(new Map([...this.passed, ...this.assigned, ...variables]), this.escaping);
  }
}
