import { NEXT } from "./activation.ts";
import type { Compiler, Execute } from "./compiler.ts";
import type { Frame } from "./frame.ts";
import { truthy } from "../values/operations.ts";
import type { Rendering } from "./rendering.ts";
import { iterate } from "../values/sequences.ts";
import type { Statement } from "../syntax/syntax.ts";
import { isText, raise, refuseUndefined } from "../values/types.ts";
import { TemplateError, Undefined, type Value } from "../values/values.ts";

/** Compiles a statement that needs another template. There are none, so it fails when it runs. */
export function refuseTemplate(
  node: Extract<Statement, { kind: "extends" | "include" | "import" }>,
  frame: Frame,
  compiler: Compiler,
): Execute {
  const template = compiler.expression(node.template, frame);
  const isInclude = node.kind === "include";
  return (a) => {
    const value = template(a);
    if (!isInclude || !hasNoNames(value, a.rendering)) {
      raise("TypeError", "no loader for this environment specified");
    }
    if (!node.ignoreMissing) throw new TemplateError("Tried to select from an empty list of templates");
    return NEXT;
  };
}

/** True for an empty list: an include also accepts a list of names and uses the first that exists. */
function hasNoNames(value: Value, rendering: Rendering): boolean {
  if (isText(value)) return false;
  if (value instanceof Undefined) refuseUndefined(value);
  return !truthy(value, rendering) || iterate(value, rendering).next().done === true;
}
