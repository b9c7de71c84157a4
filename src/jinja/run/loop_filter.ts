import { Activation } from "./activation.ts";
import { analyze, analyzeTarget } from "../syntax/analysis.ts";
import type { Compiler, Run } from "./compiler.ts";
import { entering, type Frame, innerFrame } from "./frame.ts";
import { Generator } from "../values/generator.ts";
import { truthy } from "../values/operations.ts";
import { iterate } from "../values/sequences.ts";
import { FunctionScope } from "../syntax/symbols.ts";
import type { Expression, For } from "../syntax/syntax.ts";
import { compileTarget } from "./targets.ts";
import { Tuple, type Value } from "../values/values.ts";

/** Compiles the `if` of a loop: a generator of the entries that pass it. */
export function compileFilteredEntries(
  { target }: For,
  test: Expression,
  outer: Frame,
  compiler: Compiler,
): (a: Activation, entries: Value) => Value {
  const scope = new FunctionScope(outer.symbols.scope, compiler.budget);
  const frame = innerFrame(outer, scope);
  analyzeTarget(target, frame.symbols);
  analyze([test], frame.symbols);
  const assign = compileTarget(target, frame, compiler);
  const passes = compiler.expression(test, frame);
  const rebuild = compileRebuild(target, frame, compiler);
  const enter = entering(frame);
  return (a, entries) => {
    const { rendering } = a;
    const inner = new Activation(rendering, a.context, scope.size, a.out, a);
    let iterator: Iterator<Value> | undefined;
    const next = (): IteratorResult<Value> => {
      if (!iterator) {
        enter(inner);
        iterator = iterate(entries, rendering);
      }
      for (let entry = iterator.next(); !entry.done; entry = iterator.next()) {
        rendering.budget.step();
        assign(inner, entry.value);
        if (truthy(passes(inner), rendering)) return { done: false, value: rebuild(inner) };
      }
      return { done: true, value: undefined };
    };
    return new Generator("generator", { next });
  };
}

/** Rebuilds the entry from the variables it was unpacked into; a list becomes a tuple. */
function compileRebuild(target: Expression, frame: Frame, compiler: Compiler): Run {
  if (target.kind !== "tuple") {
    const { index } = frame.symbols.slot((target as { name: string }).name);
    return (a) => a.slots[index] as Value;
  }
  const items = target.items.map((item) => compileRebuild(item, frame, compiler));
  return (a) => new Tuple(items.map((item) => item(a)));
}
