import { getAttribute, getItem } from "../methods/attributes.ts";
import type { Compiler, Run } from "./compiler.ts";
import { folded, folding, isFolded, refuseFolding, written } from "./constants.ts";
import { compileCall, compileFilter, compileTest } from "./evaluate_calls.ts";
import { type Frame, reader } from "./frame.ts";
import { binary, compare, truthy, unary } from "../values/operations.ts";
import { slice } from "../values/sequences.ts";
import type { Expression } from "../syntax/syntax.ts";
import { catching, isNumber, typeName } from "../values/types.ts";
import { Dict, Markup, TemplateError, Tuple, Undefined, type Value } from "../values/values.ts";

type Of<K extends Expression["kind"]> = Extract<Expression, { kind: K }>;

/** Compiles an expression. */
export function compileExpression(node: Expression, frame: Frame, compiler: Compiler): Run {
  return folding(node, compileNode(node, frame, compiler), compiler.escaping);
}

function compileNode(node: Expression, frame: Frame, compiler: Compiler): Run {
  const run = (part: Expression): Run => compiler.expression(part, frame);
  switch (node.kind) {
    case "const": {
      const { value } = node;
      return typeof value === "number" ? (a) => a.folding ? value : written(value) : () => value;
    }
    case "name":
      return readName(node.name, frame);
    case "list":
      return entries(node.items.map(run), (items) => items);
    case "tuple":
      if (node.items.some(({ kind }) => kind === "slice")) compiler.fail("invalid syntax", node.line);
      return entries(node.items.map(run), (items) => new Tuple(items));
    case "dict":
      return dict(node.entries.map(([key, value]) => [run(key), run(value)]));
    case "binary": {
      const [{ operator }, left, right] = [node, run(node.left), run(node.right)];
      if (operator === "**" && hasConstantBase(node, compiler)) return power(left, right);
      return (a) => binary(operator, left(a), right(a), a.rendering);
    }
    case "unary": {
      const [{ operator }, value] = [node, run(node.value)];
      return (a) => unary(operator, value(a));
    }
    case "not": {
      const value = run(node.value);
      return (a) => !truthy(value(a), a.rendering);
    }
    case "and":
    case "or":
      return either(node, frame, compiler);
    case "compare":
      return comparison(run(node.first), node.rest.map(([operator, value]) => [operator, run(value)]));
    case "concat":
      return concat(node.parts.map(run), compiler.escaping === true && !isFolded(node, true));
    case "conditional":
      return conditional(node, { ...frame, soft: true }, compiler);
    case "attribute": {
      const [{ name }, value] = [node, run(node.value)];
      return (a) => getAttribute(value(a), name, a.rendering);
    }
    case "item":
      return item(node, run);
    case "call":
      return compileCall(node, frame, compiler);
    case "filter":
      return compileFilter(node, node.value ? run(node.value) : captured, frame, compiler);
    case "test":
      return compileTest(node, frame, compiler);
    case "slice":
    case "namespaceField":
      compiler.fail("invalid syntax", node.line);
  }
}

function readName(name: string, { symbols, filling }: Frame): Run {
  const slot = symbols.slot(name);
  const read = reader(slot, symbols.scope);
  const missing = new Undefined(`'${name}' is undefined`);
  if (symbols.isParameter(slot) && !filling) {
    return (a) => a.folding ? refuseFolding() : present(read(a), name);
  }
  return (a) => {
    if (a.folding) refuseFolding();
    const value = read(a);
    return value === undefined ? missing : value;
  };
}

/** Refuses a parameter that a macro reads after the enclosing body has ended: Jinja2 prints Python's `missing` then. */
function present(value: Value | undefined, name: string): Value {
  if (value !== undefined) return value;
  throw new TemplateError(`expected '${name}' within the body that defines it, got a use outside it`);
}

/** The input of a filter block's first filter. */
function captured(a: Parameters<Run>[0]): Value {
  return a.captured;
}

function entries(items: readonly Run[], make: (items: Value[]) => Value): Run {
  return (a) => {
    a.rendering.budget.entries(items.length);
    return make(items.map((item) => item(a)));
  };
}

function dict(pairs: readonly (readonly [Run, Run])[]): Run {
  return (a) => {
    a.rendering.budget.entries(pairs.length);
    const made = new Dict();
    for (const [key, value] of pairs) made.set(key(a), value(a));
    return made;
  };
}

function hasConstantBase(node: Of<"binary">, { escaping }: Compiler): boolean {
  return escaping !== "computed" && isFolded(node.left, escaping) && !isFolded(node.right, escaping);
}

/**
 * A power. Jinja2 generates Python code with a constant base and no parentheses, so the minus of a negative base
 * applies to the whole power.
 */
function power(base: Run, exponent: Run): Run {
  return (a) => {
    const constant = a.folding ? undefined : folded(base, a);
    const value = constant === undefined ? base(a) : written(constant);
    const minus = isNumber(constant) && (Number(constant) < 0 || Object.is(constant, -0));
    if (!minus) return binary("**", value, exponent(a), a.rendering);
    return unary("-", binary("**", unary("-", value), exponent(a), a.rendering));
  };
}

function either(node: Of<"and" | "or">, frame: Frame, compiler: Compiler): Run {
  const isOr = node.kind === "or";
  // If a constant decides, Jinja2 does not compile the other side.
  const soft = frame.soft || isFolded(node.left, compiler.escaping);
  const left = compiler.expression(node.left, frame);
  const right = compiler.expression(node.right, { ...frame, soft });
  return (a) => {
    const value = left(a);
    return truthy(value, a.rendering) === isOr ? value : right(a);
  };
}

function comparison(first: Run, rest: readonly (readonly [Of<"compare">["rest"][0][0], Run])[]): Run {
  const [[operator, second]] = rest;
  if (rest.length === 1) return (a) => compare(operator, first(a), second(a), a.rendering);
  return (a) => {
    let left = first(a);
    for (const [operator, value] of rest) {
      const right = value(a);
      if (!compare(operator, left, right, a.rendering)) return false;
      left = right;
    }
    return true;
  };
}

function concat(parts: readonly Run[], escapes: boolean): Run {
  return (a) => {
    const { rendering } = a;
    const values = parts.map((part) => part(a));
    if (escapes && values.some((value) => value instanceof Markup)) {
      return new Markup(bounded(values.map((value) => rendering.escape(value)), a));
    }
    return bounded(values.map((value) => rendering.print(value)), a);
  };
}

function bounded(texts: readonly string[], { rendering }: Parameters<Run>[0]): string {
  rendering.budget.text(texts.reduce((sum, { length }) => sum + length, 0));
  return texts.join("");
}

function conditional(node: Of<"conditional">, frame: Frame, compiler: Compiler): Run {
  const [test, then] = [node.test, node.then].map((part) => compiler.expression(part, frame));
  const missing = new Undefined(
    `the inline if-expression on line ${node.line} evaluated to false and no else section was defined.`,
  );
  const otherwise: Run = node.otherwise ? compiler.expression(node.otherwise, frame) : (a) => {
    if (a.folding) throw new TemplateError(missing.message);
    return missing;
  };
  return (a) => truthy(test(a), a.rendering) ? then(a) : otherwise(a);
}

function item({ value, key }: Of<"item">, run: (part: Expression) => Run): Run {
  const object = run(value);
  if (key.kind !== "slice") {
    const index = run(key);
    return (a) => getItem(object(a), index(a), a.rendering);
  }
  const [start, stop, step] = [key.start, key.stop, key.step].map((part) => part ? run(part) : () => null);
  return (a) => {
    const [whole, from, to, by] = [object(a), start(a), stop(a), step(a)];
    if (!a.folding) return slice(whole, from, to, by, a.rendering);
    // When folding, Jinja2 treats a slice as an item lookup.
    const none = new Undefined(`${typeName(whole)} has no such slice`);
    return catching(["TypeError"], () => slice(whole, from, to, by, a.rendering), () => none);
  };
}
