import type { Activation } from "./activation.ts";
import { analyze } from "../syntax/analysis.ts";
import type { Node } from "../syntax/syntax.ts";
import { type FunctionScope, type Load, type Slot, Symbols } from "../syntax/symbols.ts";
import type { Value } from "../values/values.ts";

/** The compile-time scope of a statement or expression. */
export interface Frame {
  readonly symbols: Symbols;
  /** Not inside any body, except that of an `if`: assignments reach the context. */
  readonly toplevel: boolean;
  /** Inside an `if` or a conditional expression: an unknown filter is an error only when it runs. */
  readonly soft: boolean;
  /** Number of enclosing loops in this function; `break` and `continue` need one. */
  readonly loops: number;
  /** True if inside a parameter's default: a parameter that has no value yet reads as undefined. */
  readonly filling?: boolean;
}

/** A nested frame; `scope` is set if it begins a new function. */
export function innerFrame(outer: Frame, scope?: FunctionScope, loops = scope ? 0 : outer.loops): Frame {
  const symbols = new Symbols(scope ?? outer.symbols.scope, outer.symbols);
  return { symbols, toplevel: false, soft: false, loops };
}

/** A nested frame with the names of `nodes` registered. */
export function frameFor(outer: Frame, ...nodes: readonly (Node | undefined)[]): Frame {
  const frame = innerFrame(outer);
  analyze(nodes, frame.symbols);
  return frame;
}

/** Returns a function that reads a slot of `from` or of an enclosing function. */
export function reader(slot: Slot, from: FunctionScope): (a: Activation) => Value | undefined {
  const { index } = slot;
  let hops = 0;
  for (let scope = from; scope !== slot.scope; scope = scope.outer!) hops++;
  if (hops === 0) return (a) => a.slots[index];
  if (hops === 1) return (a) => a.outer!.slots[index];
  return (a) => {
    let at = a;
    for (let k = 0; k < hops; k++) at = at.outer!;
    return at.slots[index];
  };
}

/** Returns a function that initializes the slots of a frame. */
export function entering({ symbols }: Frame): (a: Activation) => void {
  const loads = [...symbols.loads].flatMap(([slot, load]) => {
    const value = initial(load, symbols.scope);
    return value ? [{ index: slot.index, value }] : [];
  });
  return (a) => {
    for (const { index, value } of loads) a.slots[index] = value(a);
  };
}

function initial(load: Load, scope: FunctionScope): ((a: Activation) => Value | undefined) | undefined {
  switch (load.from) {
    case "caller":
      return undefined;
    case "nowhere":
      return () => undefined;
    case "context":
      return (a) => a.context.resolve(load.name);
    case "outside":
      return reader(load.slot, scope);
  }
}

/** Returns a function that clears the slots of a frame, so that macros defined in it do not see them afterwards. */
export function leaving({ symbols }: Frame): (a: Activation) => void {
  const places = [...symbols.loads.keys()].map(({ index }) => index);
  return (a) => {
    for (const index of places) a.slots[index] = undefined;
  };
}
