import type { Random } from "../../src/base/random.ts";

/**
 * A JSON text parsed just far enough to express what no object can: a repeated key, 1e999, a lone surrogate.
 */
export type Tree = { readonly text: string } | { readonly items: Tree[] } | {
  readonly members: [key: string, value: Tree][];
};

/** Values that often break readers, as text. */
const ODD: readonly string[] = [
  ..."null true false 0 -0 -1 1.5 1.0 1e0 1e999 -1e999 NaN Infinity 9007199254740993 18446744073709551616"
    .split(" "),
  ...'2147483648 4294967296 900000000 1e308 5e-324 [] {} [[]] "" "a" "0" "__proto__" tru \' [1,] {"a"}'.split(
    " ",
  ),
  '"\\ud800"',
  '"\\u0000"',
  '"\\x"',
  '"\n"',
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '{"constructor":1}',
  "[".repeat(200),
  '{"a":'.repeat(200),
  "1".repeat(500),
  `"${"x".repeat(5000)}"`,
  `[${"0,".repeat(3000)}0]`,
  "\ufeff{}",
  "[1][2]",
  '"../x"',
  '"/etc/passwd"',
  '"\\u202e"',
  '"😀"',
  '"F32"',
  '"BPE"',
  '"linear"',
];

/** Converts a value to a tree. */
export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { items: value.map(treeOf) };
  if (typeof value === "object" && value !== null) {
    return { members: Object.entries(value).map(([key, item]) => [JSON.stringify(key), treeOf(item)]) };
  }
  return { text: typeof value === "bigint" ? String(value) : JSON.stringify(value) };
}

/** The text of a tree. */
export function textOf(tree: Tree): string {
  if ("text" in tree) return tree.text;
  if ("items" in tree) return `[${tree.items.map(textOf).join(",")}]`;
  return `{${tree.members.map(([key, value]) => `${key}:${textOf(value)}`).join(",")}}`;
}

/** The tree with one node made odd, removed, doubled, or replaced by another one's value. */
export function mutateTree(random: Random, tree: Tree): Tree {
  const count = sizeOf(tree);
  const target = random.below(count);
  const donor = nodeAt(tree, random.below(count));
  let at = 0;
  const walk = (node: Tree): Tree[] => {
    if (at++ === target) {
      const kind = random.below(6);
      if (kind === 0) return [];
      if (kind === 1) return [node, node];
      return [kind === 2 ? donor : { text: random.of(ODD) }];
    }
    if ("text" in node) return [node];
    if ("items" in node) return [{ items: node.items.flatMap(walk) }];
    return [{
      members: node.members.flatMap(([key, value]) => {
        const isOther = at === target && random.once(4);
        const name = isOther ? random.of([...ODD.filter((text) => text.startsWith('"')), '"extra"']) : key;
        return walk(value).map((made): [string, Tree] => [name, made]);
      }),
    }];
  };
  return walk(tree)[0] ?? { text: "" };
}

function sizeOf(tree: Tree): number {
  const inner = "text" in tree ? [] : "items" in tree ? tree.items : tree.members.map(([, value]) => value);
  return inner.reduce((sum, node) => sum + sizeOf(node), 1);
}

function nodeAt(tree: Tree, index: number): Tree {
  let at = 0;
  let found: Tree = tree;
  const walk = (node: Tree): void => {
    if (at++ === index) found = node;
    if ("items" in node) node.items.forEach(walk);
    else if ("members" in node) node.members.forEach(([, value]) => walk(value));
  };
  walk(tree);
  return found;
}
