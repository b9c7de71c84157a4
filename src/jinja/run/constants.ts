import type { Activation } from "./activation.ts";
import type { Run } from "./compiler.ts";
import type { Expression } from "../syntax/syntax.ts";
import { Dict, Markup, TemplateError, Tuple, Undefined, type Value } from "../values/values.ts";
import { children } from "../syntax/walk.ts";

/** The filters that Jinja2 applies only when rendering. */
export const NOT_FOLDED = new Set(["map", "select", "reject", "selectattr", "rejectattr", "random"]);

/** The answers for nodes, without escaping that is computed. */
const known = new WeakMap<Expression, boolean>();

/**
 * Does Jinja2 compute the expression when it compiles, or try to? The result is the same, but for escaping, that of where
 * it is compiled, joined constants, which are no Markup, and floats that Python cannot write.
 */
export function isFolded(node: Expression, escaping: boolean | "computed"): boolean {
  if (escaping === "computed") return foldable(node, true);
  let answer = known.get(node);
  if (answer === undefined) known.set(node, answer = foldable(node, false));
  return answer;
}

function foldable(node: Expression, computed: boolean): boolean {
  switch (node.kind) {
    case "name":
    case "call":
    case "namespaceField":
      return false;
    case "filter":
      if (computed || !node.value || NOT_FOLDED.has(node.name)) return false;
      break;
    case "test":
      if (computed) return false;
      break;
    case "and":
    case "or":
      // What is not a constant may be left unread.
      return isFolded(node.left, computed ? "computed" : false);
    case "conditional":
      return isFolded(node.test, computed ? "computed" : false);
  }
  const escaping = computed ? "computed" : false;
  return (children(node) as readonly Expression[]).every((part) => isFolded(part, escaping));
}

/** What Jinja2 computes when it compiles, within a larger expression: lists and other literals are left to that. */
const COMPUTED: ReadonlySet<Expression["kind"]> = new Set([
  "binary",
  "unary",
  "not",
  "and",
  "or",
  "compare",
  "concat",
  "conditional",
  "attribute",
  "item",
  "filter",
  "test",
]);

/** Refuses what has no value yet when Jinja2 computes constants. */
export function refuseFolding(): never {
  throw NOT_CONSTANT;
}

const NOT_CONSTANT = new TemplateError("expected a constant");

/** Lets a part of an expression have its value as Jinja2 computes it when it compiles. */
export function folding(node: Expression, run: Run, escaping: boolean | "computed"): Run {
  if (escaping === "computed" || !COMPUTED.has(node.kind) || !isFolded(node, escaping)) return run;
  let constant: Value | undefined;
  let impossible = false;
  return (a) => {
    if (a.folding || impossible) return run(a);
    if (constant === undefined) {
      const value = folded(run, a);
      impossible = value === undefined || !isWritable(value);
      if (impossible) return run(a);
      constant = value;
    }
    return written(constant!);
  };
}

/** The value of a constant expression as Jinja2 computes it when it compiles, or undefined where that fails. */
export function folded<T extends Value>(run: (a: Activation) => T, a: Activation): T | undefined {
  a.folding = true;
  try {
    return run(a);
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  } finally {
    a.folding = false;
  }
}

/** Can Jinja2 write the value into the program that it makes? */
function isWritable(value: Value): boolean {
  if (value === null || typeof value !== "object" || value instanceof Markup) return true;
  return entriesOf(value)?.every(isWritable) ?? false;
}

/** A constant where it is used. Jinja2 writes an infinite float as a name that Python does not know. */
export function written(value: Value): Value {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TemplateError(`name '${Number.isNaN(value) ? "nan" : "inf"}' is not defined`);
  }
  if (typeof value === "object" && value !== null && !(value instanceof Undefined)) {
    entriesOf(value)?.forEach(written);
  }
  return value;
}

function entriesOf(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple) return value.constructor === Tuple ? value.items : undefined;
  return value instanceof Dict ? [...value.entries()].flat() : undefined;
}
