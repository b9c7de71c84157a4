import type { Arguments, Block, Node } from "./syntax.ts";

function ofArguments(args: Arguments): Node[] {
  const parts: Node[] = [...args.positional, ...args.keywords.map(([, value]) => value)];
  if (args.star) parts.push(args.star);
  if (args.doubleStar) parts.push(args.doubleStar);
  return parts;
}

function present(...nodes: (Node | undefined)[]): Node[] {
  return nodes.filter((node) => node !== undefined);
}

/** The children of a node, in the order Jinja2 visits them; the order decides which names count as assigned first. */
export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case "list":
    case "tuple":
      return node.items;
    case "dict":
      return node.entries.flat();
    case "binary":
    case "and":
    case "or":
      return [node.left, node.right];
    case "unary":
    case "not":
    case "attribute":
      return [node.value];
    case "compare":
      return [node.first, ...node.rest.map(([, value]) => value)];
    case "concat":
    case "output":
      return node.parts;
    case "conditional":
      return present(node.test, node.then, node.otherwise);
    case "item":
      return [node.value, node.key];
    case "slice":
      return present(node.start, node.stop, node.step);
    case "call":
      return [node.callee, ...ofArguments(node.args)];
    case "filter":
    case "test":
      return [...present(node.value), ...ofArguments(node.args)];
    case "for":
      return [node.target, node.iterable, ...node.body, ...node.otherwise, ...present(node.test)];
    case "if":
      return [node.test, ...node.body, ...node.elifs, ...node.otherwise];
    case "block":
      return node.body;
    case "set":
      return [node.target, node.value];
    case "setBlock":
      return [node.target, ...present(node.filter), ...node.body];
    case "macro":
    case "generation":
      return [...node.parameters, ...node.defaults, ...node.body];
    case "callBlock":
      return [node.call, ...node.parameters, ...node.defaults, ...node.body];
    case "filterBlock":
      return [...node.body, node.filter];
    case "with":
      return [...node.targets, ...node.values, ...node.body];
    case "autoescape":
      return [node.on, ...node.body];
    case "extends":
    case "include":
    case "import":
      return [node.template];
    default:
      return [];
  }
}

/** All descendants that pass the test, outer ones first. */
export function* find<N extends Node>(
  nodes: readonly Node[],
  wanted: (node: Node) => node is N,
): Generator<N> {
  for (const node of nodes) {
    if (wanted(node)) yield node;
    yield* find(children(node), wanted);
  }
}

/** All blocks among the descendants. */
export function blocksOf(nodes: readonly Node[]): Block[] {
  return [...find(nodes, (node): node is Block => node.kind === "block")];
}

/** The subset of `names` that is read before it is assigned; blocks are not searched. */
export function undeclared(nodes: readonly Node[], names: readonly string[]): Set<string> {
  const open = new Set(names);
  const found = new Set<string>();
  const visit = (node: Node): void => {
    if (node.kind === "block") return;
    if (node.kind !== "name") return children(node).forEach(visit);
    if (node.use === "load" && open.has(node.name)) found.add(node.name);
    else open.delete(node.name);
  };
  nodes.forEach(visit);
  return found;
}
