import type { Expression, If, Node } from "./syntax.ts";
import type { Symbols } from "./symbols.ts";
import { children } from "./walk.ts";

/** Registers the names of `nodes` in their frame; nested frames are analyzed when they are compiled. */
export function analyze(nodes: readonly (Node | undefined)[], symbols: Symbols): void {
  for (const node of nodes) if (node) visit(node, symbols);
}

/** Registers a loop's targets, which have values before the body is entered. */
export function analyzeTarget(target: Expression, symbols: Symbols): void {
  if (target.kind === "name") symbols.parameter(target.name);
  else children(target).forEach((item) => analyzeTarget(item as Expression, symbols));
}

function visit(node: Node, symbols: Symbols): void {
  switch (node.kind) {
    case "name":
      if (node.use === "param") symbols.parameter(node.name);
      else if (node.use === "store") symbols.store(node.name);
      else symbols.read(node.name);
      return;
    case "namespaceField":
      return symbols.read(node.name);
    case "if":
      return visitIf(node, symbols);
    case "macro":
      return symbols.store(node.name);
    case "set":
      return analyze([node.value, node.target], symbols);
    case "import":
      visit(node.template, symbols);
      return node.names.forEach((name) => symbols.store(name));
    case "for":
      return visit(node.iterable, symbols);
    case "callBlock":
      return visit(node.call, symbols);
    case "filterBlock":
      return visit(node.filter, symbols);
    case "with":
      return analyze(node.values, symbols);
    case "setBlock":
      return visit(node.target, symbols);
    case "autoescape":
    case "block":
    case "generation":
      return;
    default:
      return analyze(children(node), symbols);
  }
}

function visitIf(node: If, symbols: Symbols): void {
  visit(node.test, symbols);
  const branches = [node.body, node.elifs, node.otherwise].map((body) => {
    const branch = symbols.branch();
    analyze(body, branch);
    return branch;
  });
  symbols.join(branches);
}
