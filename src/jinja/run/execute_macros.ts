import { type Activation, Activation as Call, NEXT } from "./activation.ts";
import { analyze } from "../syntax/analysis.ts";
import type { Compiler, Execute, Run } from "./compiler.ts";
import { compileCall } from "./evaluate_calls.ts";
import { entering, type Frame, innerFrame } from "./frame.ts";
import { Macro, type MacroShape, type MacroValues } from "./macro.ts";
import { Output } from "./output.ts";
import { FunctionScope, type Slot } from "../syntax/symbols.ts";
import type { MacroBody, Statement } from "../syntax/syntax.ts";
import { Undefined } from "../values/values.ts";
import { undeclared } from "../syntax/walk.ts";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** Compiles a macro definition. */
export function compileMacro(node: Of<"macro">, frame: Frame, compiler: Compiler): Execute {
  const make = compileMacroBody(node, frame, compiler, node.name);
  const { index } = frame.symbols.slot(node.name);
  return (a) => {
    const macro = make(a);
    a.slots[index] = macro;
    if (frame.toplevel) a.context.assigned.set(node.name, macro);
    return NEXT;
  };
}

/** Compiles a call block; its body is passed as `caller`. */
export function compileCallBlock(node: Of<"callBlock">, frame: Frame, compiler: Compiler): Execute {
  const make = compileMacroBody(node, frame, compiler);
  const call = compileCall(node.call, frame, compiler, true);
  return (a) => {
    a.addText(call(a, make(a)));
    return NEXT;
  };
}

/** Compiles `{% generation %}`, which renders its body and records its range in the text. */
export function compileGeneration(node: Of<"generation">, frame: Frame, compiler: Compiler): Execute {
  const make = compileMacroBody(node, frame, compiler);
  return (a) => {
    const { rendering } = a;
    const text = rendering.print(make(a).call([], new Map()));
    rendering.noteGeneration(text.length);
    a.out.add(text);
    return NEXT;
  };
}

function compileMacroBody(node: MacroBody, outer: Frame, compiler: Compiler, name?: string) {
  const scope = new FunctionScope(outer.symbols.scope, compiler.budget);
  const frame = innerFrame(outer, scope);
  const { symbols } = frame;
  const parts = [...node.parameters, ...node.defaults, ...node.body];
  analyze(parts, symbols);
  const special = specialNames(node, compiler);
  const places = special.map((key) => [key, symbols.parameter(key)] as const);
  analyze(parts, symbols);
  const slots = node.parameters.map((parameter) => symbols.slot(parameter.name));
  const fill = compileDefaults(node, frame, compiler);
  const body = compiler.body(node.body, frame);
  const enter = entering(frame);
  const parameters = node.parameters.map((parameter) => parameter.name);
  const shape: MacroShape = {
    name,
    parameters,
    takesKeywords: special.includes("kwargs"),
    takesRest: special.includes("varargs"),
    readsCaller: readsCaller(node),
  };
  return (a: Activation): Macro => {
    const { rendering, context } = a;
    const run = (values: MacroValues): string =>
      rendering.enter(() => {
        const inner = new Call(rendering, context, scope.size, new Output(rendering.budget), a);
        setValues(inner, slots, places, values);
        enter(inner);
        fill(inner);
        body(inner);
        return inner.out.text();
      });
    return new Macro(shape, run, context.escaping);
  };
}

function readsCaller({ body }: MacroBody): boolean {
  return undeclared(body, ["caller"]).has("caller");
}

/** The special names that the body reads and that are not parameters. */
function specialNames(node: MacroBody, compiler: Compiler): string[] {
  const names = node.parameters.map(({ name }) => name);
  const read = undeclared(node.body, ["caller", "kwargs", "varargs"]);
  const withoutDefault = names.length - node.defaults.length;
  if (read.has("caller") && names.includes("caller") && names.indexOf("caller") < withoutDefault) {
    compiler.fail(
      'When defining macros or call blocks the special "caller" argument must be omitted or be given a default.',
      node.line,
    );
  }
  return ["caller", "kwargs", "varargs"].filter((name) => read.has(name) && !names.includes(name));
}

function setValues(
  { slots }: Activation,
  parameters: readonly Slot[],
  special: readonly (readonly [string, Slot])[],
  values: MacroValues,
): void {
  parameters.forEach(({ index }, k) => slots[index] = values.parameters[k]);
  const named: Record<string, MacroValues["caller"]> = {
    caller: values.caller,
    kwargs: values.keywords,
    varargs: values.rest,
  };
  for (const [name, { index }] of special) slots[index] = named[name];
}

function compileDefaults(node: MacroBody, frame: Frame, compiler: Compiler): (a: Activation) => void {
  const { symbols } = frame;
  const first = node.parameters.length - node.defaults.length;
  const fills = node.parameters.map(({ name }, k): [number, Run] => {
    const missing = new Undefined(`parameter '${name}' was not provided`);
    const run: Run = k < first
      ? () => missing
      : compiler.expression(node.defaults[k - first], { ...frame, filling: true });
    return [symbols.slot(name).index, run];
  });
  return (a) => {
    for (const [index, run] of fills) {
      if (a.slots[index] === undefined) a.slots[index] = run(a);
    }
  };
}
