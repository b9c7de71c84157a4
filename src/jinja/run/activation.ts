import type { Context } from "./context.ts";
import type { Recurse } from "./loop.ts";
import { Output } from "./output.ts";
import type { Rendering } from "./rendering.ts";
import type { Value } from "../values/values.ts";

/** The statement ran to its end. */
export const NEXT = 0;
/** The statement executed `break`. */
export const BREAK = 1;
/** The statement executed `continue`. */
export const CONTINUE = 2;
/** How a statement ends. */
export type Flow = typeof NEXT | typeof BREAK | typeof CONTINUE;

/** One call of a template function: its variables and its output. */
export class Activation {
  /** Values by slot index; undefined if the variable has no value. */
  readonly slots: (Value | undefined)[];
  /** The text of a filter block's body, while its filters run. */
  captured: Value = null;
  /** True during constant folding, as Jinja2 does it at compile time. */
  folding = false;
  /** Runs the recursive loop again; set if this is a call of one. */
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

  /** Runs `work` and returns its output; BREAK or CONTINUE if it ended that way. */
  capture(work: () => Flow): string | typeof BREAK | typeof CONTINUE {
    const before = this.out;
    const out = new Output(this.rendering.budget);
    this.out = out;
    const flow = work();
    this.out = before;
    return flow === NEXT ? out.text() : flow;
  }

  /** Adds the result of a filter or macro. @throws TemplateError if it is not text, as Python's join does. */
  addText(value: Value): void {
    this.out.add(this.rendering.textOf(value, this.out.pieces.length));
  }
}
