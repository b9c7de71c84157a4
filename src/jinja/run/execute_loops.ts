import { type Activation, Activation as Call, BREAK, type Flow, NEXT } from "./activation.ts";
import { analyze, analyzeTarget } from "../syntax/analysis.ts";
import type { Compiler, Execute, Run } from "./compiler.ts";
import { entering, type Frame, innerFrame, leaving } from "./frame.ts";
import { Loop } from "./loop.ts";
import { compileFilteredEntries } from "./loop_filter.ts";
import { Output } from "./output.ts";
import type { Place } from "./rendering.ts";
import { iterate } from "../values/sequences.ts";
import { FunctionScope } from "../syntax/symbols.ts";
import type { For, Name, Node } from "../syntax/syntax.ts";
import { compileTarget } from "./targets.ts";
import { Markup, type Value } from "../values/values.ts";
import { blocksOf, find, undeclared } from "../syntax/walk.ts";

/** Python's limit on nested loops in one function. */
const MOST_LOOPS = 20;

/** Runs a compiled loop over `entries`; returns how it ends. */
type LoopRun = (a: Activation, entries: Value, depth: number) => Flow;

/** Compiles a loop. */
export function compileFor(node: For, frame: Frame, compiler: Compiler): Execute {
  for (const { line } of find([node], isLoopName)) {
    compiler.fail("Can't assign to special loop variable in for-loop target", line);
  }
  const iterable = compiler.expression(node.iterable, frame);
  if (!node.recursive) {
    const run = compileLoop(node, frame, compiler);
    return (a) => run(a, iterable(a), 0);
  }
  return compileRecursive(node, iterable, frame, compiler);
}

function isLoopName(node: Node): node is Name {
  return node.kind === "name" && node.use === "store" && node.name === "loop";
}

/** Compiles a recursive loop as a separate function that returns its text. */
function compileRecursive(node: For, iterable: Run, frame: Frame, compiler: Compiler): Execute {
  const scope = new FunctionScope(frame.symbols.scope, compiler.budget);
  const run = compileLoop(node, frame, compiler, scope);
  const { escaping } = compiler;
  return (a) => {
    const { rendering, context } = a;
    const recurse = (entries: Value, depth: number): Value =>
      rendering.enter(() => {
        const inner = new Call(rendering, context, scope.size, new Output(rendering.budget), a);
        inner.recurse = recurse;
        run(inner, entries, depth);
        const text = inner.out.text();
        return escaping === true || (escaping === "computed" && context.escaping.on)
          ? new Markup(text)
          : text;
      });
    a.addText(recurse(iterable(a), 0));
    return NEXT;
  };
}

function compileLoop(node: For, frame: Frame, compiler: Compiler, scope?: FunctionScope): LoopRun {
  const inside = innerFrame(frame, scope, (scope ? 0 : frame.loops) + 1);
  if (inside.loops > MOST_LOOPS) compiler.fail("too many statically nested blocks", node.line);
  const otherwise = compileElse(node, frame, compiler, scope);
  const loopSlot = readsLoop(node) ? inside.symbols.parameter("loop") : undefined;
  analyzeTarget(node.target, inside.symbols);
  analyze(node.body, inside.symbols);
  const filter = node.test && compileFilteredEntries(node, node.test, frame, compiler);
  const assign = compileTarget(node.target, inside, compiler);
  const body = compiler.body(node.body, inside);
  const [enter, leave] = [entering(inside), leaving(inside)];
  const place: Place = { line: node.line, construct: "{% for %}" };
  return (a, given, depth) => {
    const { rendering } = a;
    // The filter belongs to the scope that defines the loop: in a recursive loop it reads the outer variables.
    const entries = filter ? filter(scope ? a.outer! : a, given) : given;
    const next = loopSlot ? extended(a, entries, depth, loopSlot.index, node.recursive) : plain(a, entries);
    let ranThrough = false;
    for (let entry = next(); entry !== undefined; entry = next()) {
      rendering.budget.step();
      assign(a, entry);
      enter(a);
      const flow = body(a);
      if (flow === BREAK) break;
      // As in Jinja2, an iteration that ended with `continue` does not prevent the `else`.
      if (flow === NEXT) ranThrough = true;
      rendering.place = place;
    }
    leave(a);
    rendering.place = place;
    return otherwise && !ranThrough ? otherwise(a) : NEXT;
  };
}

function plain({ rendering }: Activation, entries: Value): () => Value | undefined {
  const iterator = iterate(entries, rendering);
  return () => {
    const next = iterator.next();
    return next.done ? undefined : next.value;
  };
}

function extended(
  a: Activation,
  entries: Value,
  depth: number,
  index: number,
  recursive: boolean,
): () => Value | undefined {
  const loop = new Loop(entries, a.rendering, recursive ? a.recurse : undefined, depth);
  return () => {
    const entry = loop.next();
    if (entry !== undefined) a.slots[index] = loop;
    return entry;
  };
}

function readsLoop(node: For): boolean {
  return node.recursive || undeclared(node.body, ["loop"]).has("loop") ||
    blocksOf([node]).some(({ scoped }) => scoped);
}

function compileElse(
  node: For,
  frame: Frame,
  compiler: Compiler,
  scope?: FunctionScope,
): Execute | undefined {
  if (node.otherwise.length === 0) return undefined;
  const inside = innerFrame(frame, scope);
  analyze(node.otherwise, inside.symbols);
  const body = compiler.body(node.otherwise, inside);
  const [enter, leave] = [entering(inside), leaving(inside)];
  return (a) => {
    enter(a);
    const flow = body(a);
    leave(a);
    return flow;
  };
}
