import type { Context } from "./context.ts";
import type { Recurse } from "./loop.ts";
import { Output } from "./output.ts";
import type { Rendering } from "./rendering.ts";
import type { Value } from "../values/values.ts";

/** A statement ran to its end. */
export const NEXT = 0;
/** A statement met `break`. */
export const BREAK = 1;
/** A statement met `continue`. */
export const CONTINUE = 2;
/** How a statement ends. */
export type Flow = typeof NEXT | typeof BREAK | typeof CONTINUE;

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
    const out = new Output(this.rendering.budget);
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
