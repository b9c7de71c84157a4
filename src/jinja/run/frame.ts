import type { Activation } from "./activation.ts";
import { analyze } from "../syntax/analysis.ts";
import type { Node } from "../syntax/syntax.ts";
import { type FunctionScope, type Load, type Slot, Symbols } from "../syntax/symbols.ts";
import type { Value } from "../values/values.ts";

/** What is known of the place where a statement or an expression is compiled. */
export interface Frame {
  readonly symbols: Symbols;
  /** Outside of any body but that of an `if`: assignments reach the context. */
  readonly toplevel: boolean;
  /** Within an `if` or a conditional expression: missing filters are refused when they run. */
  readonly soft: boolean;
  /** How many loops of this function are around: break and continue need one. */
  readonly loops: number;
  /** Among the defaults of parameters: those that follow have no value yet. */
  readonly filling?: boolean;
}

/** A frame within another one; `scope` is that of a new function, if it begins one. */
export function innerFrame(outer: Frame, scope?: FunctionScope, loops = scope ? 0 : outer.loops): Frame {
  const symbols = new Symbols(scope ?? outer.symbols.scope, outer.symbols);
  return { symbols, toplevel: false, soft: false, loops };
}

/** An inner frame in which the nodes are noted. */
export function frameFor(outer: Frame, ...nodes: readonly (Node | undefined)[]): Frame {
  const frame = innerFrame(outer);
  analyze(nodes, frame.symbols);
  return frame;
}

/** Reads a place, from within a function or one that encloses it. */
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

/** Gives the places of a frame their first values. */
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

/** Empties the places of a frame, so that macros made in it do not see them afterwards. */
export function leaving({ symbols }: Frame): (a: Activation) => void {
  const places = [...symbols.loads.keys()].map(({ index }) => index);
  return (a) => {
    for (const index of places) a.slots[index] = undefined;
  };
}
