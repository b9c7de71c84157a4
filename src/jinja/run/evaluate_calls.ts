import type { Activation } from "./activation.ts";
import type { Compiler, Run } from "./compiler.ts";
import { NOT_FOLDED, refuseFolding } from "./constants.ts";
import { FILTERS } from "../builtins/filters.ts";
import type { Frame } from "./frame.ts";
import { NO_KEYWORDS } from "./rendering.ts";
import { iterate } from "../values/sequences.ts";
import type { Arguments, Call, Expression, FilterUse } from "../syntax/syntax.ts";
import { TESTS } from "../builtins/tests.ts";
import { isText, plain, raise, typeName } from "../values/types.ts";
import { Dict, type Keywords, TemplateError, Undefined, type Value } from "../values/values.ts";

type Evaluated = readonly [readonly Value[], Keywords];
const NONE: Evaluated = [[], NO_KEYWORDS];

/** Compiles a call; `caller` is the additional keyword argument of a call block. */
export function compileCall(node: Call, frame: Frame, compiler: Compiler): Run;
export function compileCall(
  node: Call,
  frame: Frame,
  compiler: Compiler,
  withCaller: true,
): (a: Activation, caller: Value) => Value;
export function compileCall(node: Call, frame: Frame, compiler: Compiler, withCaller = false) {
  if (withCaller && node.args.keywords.some(([name]) => name === "caller")) {
    compiler.fail("keyword argument repeated: caller", node.line);
  }
  const callee = compiler.expression(node.callee, frame);
  const evaluate = compileArguments(node.args, frame, compiler);
  return (a: Activation, caller?: Value): Value => {
    if (a.folding) refuseFolding();
    const value = callee(a);
    const [args, keywords] = evaluate(a);
    return a.rendering.call(
      value,
      args,
      caller === undefined ? keywords : new Map([...keywords, ["caller", caller]]),
    );
  };
}

function compileArguments(args: Arguments, frame: Frame, compiler: Compiler): (a: Activation) => Evaluated {
  const run = (part: Expression): Run => compiler.expression(part, frame);
  const positional = args.positional.map(run);
  const keywords = args.keywords.map(([name, value]) => [name, run(value)] as const);
  const star = args.star && run(args.star);
  const doubleStar = args.doubleStar && run(args.doubleStar);
  if (positional.length + keywords.length === 0 && !star && !doubleStar) return () => NONE;
  return (a) => {
    const values = positional.map((value) => value(a));
    if (star) spread(star(a), values, a);
    if (keywords.length === 0 && !doubleStar) return [values, NO_KEYWORDS];
    const named = new Map<string, Value>();
    for (const [name, value] of keywords) named.set(name, value(a));
    if (doubleStar) spreadKeywords(doubleStar(a), named);
    return [values, named];
  };
}

function spread(value: Value, into: Value[], { rendering }: Activation): void {
  const entries = iterate(value, rendering);
  for (let next = entries.next(); !next.done; next = entries.next()) {
    into.push(next.value);
    rendering.budget.step();
  }
}

function spreadKeywords(value: Value, into: Map<string, Value>): void {
  if (value instanceof Undefined || !(value instanceof Dict)) {
    raise("TypeError", `argument after ** must be a mapping, not ${typeName(value)}`);
  }
  for (const [key, entry] of value.entries()) {
    if (!isText(key)) raise("TypeError", "keywords must be strings");
    const name = plain(key);
    if (into.has(name)) raise("TypeError", `got multiple values for keyword argument '${name}'`);
    into.set(name, entry);
  }
}

/** Compiles a filter applied to a value. */
export function compileFilter(node: FilterUse, value: Run, frame: Frame, compiler: Compiler): Run {
  const filter = FILTERS.get(node.name) ?? missing("filter", node.name, node.line, frame, compiler);
  const evaluate = compileArguments(node.args, frame, compiler);
  const late = !node.value || NOT_FOLDED.has(node.name);
  return (a) => {
    if (late && a.folding) refuseFolding();
    const input = value(a);
    const [args, keywords] = evaluate(a);
    a.rendering.budget.step();
    return filter(input, args, keywords, a.rendering);
  };
}

/** Compiles a test of a value. */
export function compileTest(
  node: Extract<Expression, { kind: "test" }>,
  frame: Frame,
  compiler: Compiler,
): Run {
  const test = TESTS.get(node.name) ?? missing("test", node.name, node.line, frame, compiler);
  const value = compiler.expression(node.value, frame);
  const evaluate = compileArguments(node.args, frame, compiler);
  return (a) => {
    const input = value(a);
    const [args, keywords] = evaluate(a);
    a.rendering.budget.step();
    return test(input, args, keywords, a.rendering);
  };
}

/** Reports an unknown filter or test: when compiling, or, in a branch that may not run, when it runs. */
function missing(what: string, name: string, line: number, { soft }: Frame, compiler: Compiler): () => never {
  if (!soft) compiler.fail(`No ${what} named '${name}'.`, line);
  return () => {
    throw new TemplateError(`No ${what} named '${name}' found.`);
  };
}
