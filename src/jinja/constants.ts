import type { Expression } from "./syntax.ts";
import { children } from "./walk.ts";

/**
 * Does Jinja2 compute the expression when it compiles? The result is the same, but for escaping: that of where it is
 * compiled counts, and joined constants are no Markup.
 */
export function isFolded(node: Expression, escaping: boolean | "computed"): boolean {
  switch (node.kind) {
    case "name":
    case "call":
    case "namespaceField":
      return false;
    case "filter":
    case "test":
      if (escaping === "computed" || node.kind === "filter" && NOT_FOLDED.has(node.name)) return false;
  }
  return (children(node) as readonly Expression[]).every((part) => isFolded(part, escaping));
}

/** The filters that Jinja2 applies only when rendering. */
const NOT_FOLDED = new Set(["map", "select", "reject", "selectattr", "rejectattr", "random"]);
