import type { Recurse } from "./loop.ts";
import type { Rendering } from "./rendering.ts";
import type { Value } from "../values/values.ts";

const MOST_OUTPUT = 2 ** 24;

/** A statement ran to its end. */
export const NEXT = 0;
/** A statement met `break`. */
export const BREAK = 1;
/** A statement met `continue`. */
export const CONTINUE = 2;
/** How a statement ends. */
export type Flow = typeof NEXT | typeof BREAK | typeof CONTINUE;

/** Text that is being made, in pieces. */
export class Output {
  readonly pieces: string[] = [];
  /** Characters so far, in UTF-16 units. */
  length = 0;

  constructor(readonly rendering: Rendering) {}

  add(text: string): void {
    this.pieces.push(text);
    this.length += text.length;
    if (text.length >= 64 || this.length > MOST_OUTPUT) {
      this.rendering.budget.text(this.length > MOST_OUTPUT ? this.length : text.length);
    }
  }

  text(): string {
    return this.pieces.join("");
  }
}

/** How escaping is switched; one for the whole rendering. */
export interface Escaping {
  on: boolean;
}

/** Runs a block into an output. */
export type BlockBody = (context: Context, out: Output) => void;

/** The variables that blocks see: what was passed, and what the template assigned outside of any body. */
export class Context {
  readonly assigned = new Map<string, Value>();

  constructor(
    readonly passed: ReadonlyMap<string, Value>,
    readonly blocks: ReadonlyMap<string, BlockBody>,
    readonly escaping: Escaping,
  ) {}

  resolve(name: string): Value | undefined {
    const value = this.assigned.get(name);
    return value !== undefined ? value : this.passed.get(name);
  }

  /** A context with further variables, which does not pass on what is assigned in it. */
  derived(variables: Iterable<readonly [string, Value]>): Context {
    return new Context(new Map([...this.passed, ...this.assigned, ...variables]), this.blocks, this.escaping);
  }
}

/** One call of a function of the template: its variables, and where its output goes. */
export class Activation {
  /** By index of their slot; undefined is no value. */
  readonly slots: (Value | undefined)[];
  /** The text that a filter block made, while its filters run. */
  captured: Value = null;
  /** A constant is computed as Jinja2 does it when it compiles. */
  folding = false;
  /** How a recursive loop, which this is a call of, runs again. */
  recurse?: Recurse;

  constructor(
    readonly rendering: Rendering,
    readonly context: Context,
    size: number,
    public out: Output,
    readonly outer?: Activation,
  ) {
    this.slots = new Array(size).fill(undefined);
  }

  /** Runs `work` with its output apart; undefined if it left by break or continue. */
  capture(work: () => Flow): string | typeof BREAK | typeof CONTINUE {
    const before = this.out;
    const out = new Output(this.rendering);
    this.out = out;
    const flow = work();
    this.out = before;
    return flow === NEXT ? out.text() : flow;
  }

  /** Adds what a filter or a called macro made; Python joins nothing but text. */
  addText(value: Value): void {
    this.out.add(this.rendering.textOf(value, this.out.pieces.length));
  }
}
