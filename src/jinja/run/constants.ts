import type { Activation } from "./activation.ts";
import type { Run } from "./compiler.ts";
import type { Expression } from "../syntax/syntax.ts";
import { Dict, Markup, TemplateError, Tuple, Undefined, type Value } from "../values/values.ts";
import { children } from "../syntax/walk.ts";

/** The filters that Jinja2 never folds: it applies them only when rendering. */
export const NOT_FOLDED = new Set(["map", "select", "reject", "selectattr", "rejectattr", "random"]);

/** Cache of `isFolded` per node, for escaping known at compile time. */
const known = new WeakMap<Expression, boolean>();

/**
 * True if Jinja2 folds the expression at compile time, or tries to. The result is the same except for escaping (that
 * of the place of compilation), joined constants (not Markup) and floats that have no Python literal.
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
      // The right side may be skipped, so it need not be constant.
      return isFolded(node.left, computed ? "computed" : false);
    case "conditional":
      return isFolded(node.test, computed ? "computed" : false);
  }
  const escaping = computed ? "computed" : false;
  return (children(node) as readonly Expression[]).every((part) => isFolded(part, escaping));
}

/** The kinds that Jinja2 folds inside a larger expression; it folds literals such as lists only as parts of these. */
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

/** Aborts folding at a part that is not constant. */
export function refuseFolding(): never {
  throw NOT_CONSTANT;
}

const NOT_CONSTANT = new TemplateError("expected a constant");

/** Wraps a part of an expression so that it is folded once if Jinja2 folds it at compile time. */
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

/** The value of a constant expression as Jinja2 folds it, or undefined if folding fails. */
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

/** True if Jinja2 can write the value as a literal into the Python code that it generates. */
function isWritable(value: Value): boolean {
  if (value === null || typeof value !== "object" || value instanceof Markup) return true;
  return entriesOf(value)?.every(isWritable) ?? false;
}

/** Returns a folded constant. @throws TemplateError for `inf` and `nan`, which Jinja2 generates as undefined names. */
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
