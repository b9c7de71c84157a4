import { type Activation, NEXT } from "./activation.ts";
import { analyze } from "../syntax/analysis.ts";
import type { Compiler, Execute, Run } from "./compiler.ts";
import { entering, type Frame, frameFor, innerFrame, leaving } from "./frame.ts";
import { truthy } from "../values/operations.ts";
import type { Expression, Statement } from "../syntax/syntax.ts";
import { compileTarget } from "./targets.ts";
import { Markup, type Value } from "../values/values.ts";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** Compiles `{% set x %}…{% endset %}`. */
export function compileSetBlock(node: Of<"setBlock">, frame: Frame, compiler: Compiler): Execute {
  const capture = compileCaptured(node.body, frameFor(frame, ...node.body), node.filter, compiler);
  const assign = compileTarget(node.target, frame, compiler);
  return (a) =>
    capture(a, (value) => {
      // With escaping, any filter result becomes text.
      assign(a, a.context.escaping.on ? new Markup(a.rendering.print(value)) : value);
    });
}

/** Compiles `{% filter f %}…{% endfilter %}`. */
export function compileFilterBlock(node: Of<"filterBlock">, frame: Frame, compiler: Compiler): Execute {
  const inside = frameFor(frame, ...node.body, node.filter);
  const capture = compileCaptured(node.body, inside, node.filter, compiler);
  return (a) => capture(a, (value) => a.addText(value));
}

/** Captures the output of a body, filters it and passes it to `use`. */
function compileCaptured(
  body: readonly Statement[],
  frame: Frame,
  filter: Expression | undefined,
  compiler: Compiler,
) {
  const run = compiler.body(body, frame);
  const applied = filter && compiler.expression(filter, frame);
  const [enter, leave] = [entering(frame), leaving(frame)];
  const { escaping } = compiler;
  return (a: Activation, use: (value: Value) => void) => {
    const { place } = a.rendering;
    enter(a);
    const text = a.capture(() => run(a));
    if (typeof text !== "string") return text;
    a.rendering.place = place;
    const isMarkup = escaping === true || (escaping === "computed" && a.context.escaping.on);
    use(applied ? filtered(applied, isMarkup ? new Markup(text) : text, a) : text);
    leave(a);
    return NEXT;
  };
}

function filtered(filter: Run, value: Value, a: Activation): Value {
  a.captured = value;
  return filter(a);
}

/** Compiles `{% with %}`; its values are evaluated in the outer scope. */
export function compileWith(node: Of<"with">, frame: Frame, compiler: Compiler): Execute {
  const inside = frameFor(frame, ...node.targets, ...node.body);
  const assignments = node.targets.map((target, k) =>
    [compileTarget(target, inside, compiler), compiler.expression(node.values[k], frame)] as const
  );
  const body = compiler.body(node.body, inside);
  const [enter, leave] = [entering(inside), leaving(inside)];
  return (a) => {
    enter(a);
    for (const [assign, value] of assignments) assign(a, value(a));
    const flow = body(a);
    if (flow === NEXT) leave(a);
    return flow;
  };
}

/** Compiles `{% autoescape %}`. */
export function compileAutoescape(node: Of<"autoescape">, frame: Frame, compiler: Compiler): Execute {
  const inside = innerFrame(frame);
  analyze([node.on, ...node.body], inside.symbols);
  const on = compiler.expression(node.on, inside);
  const { escaping: before, escapingConstants } = compiler;
  const { value } = node.on.kind === "const" ? node.on : { value: undefined };
  compiler.escaping = value === undefined ? "computed" : Boolean(value);
  if (value !== undefined) compiler.escapingConstants = Boolean(value);
  const body = compiler.body(node.body, inside);
  Object.assign(compiler, { escaping: before, escapingConstants });
  const [enter, leave] = [entering(inside), leaving(inside)];
  return (a) => {
    const { escaping } = a.context;
    const outside = escaping.on;
    enter(a);
    escaping.on = truthy(on(a), a.rendering);
    const flow = body(a);
    // As in Jinja2, `break` and `continue` do not restore escaping.
    if (flow !== NEXT) return flow;
    escaping.on = outside;
    leave(a);
    return NEXT;
  };
}
