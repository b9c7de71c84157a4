/** Checks kernel headers against the files, and kernels/README.md against both. */
import { assert, assertEquals } from "@std/assert";
import { basename, fromFileUrl, join } from "@std/path";
import { listedNames } from "../gpu/parts.ts";

const KERNELS = fromFileUrl(new URL("../../kernels", import.meta.url));

interface File {
  readonly name: string;
  readonly family: string;
  readonly text: string;
}

const files: File[] = [...Deno.readDirSync(KERNELS)].filter(({ isDirectory }) => isDirectory).flatMap((
  { name },
) =>
  [...Deno.readDirSync(join(KERNELS, name))].map((file) => ({
    name: basename(file.name, ".wgsl"),
    family: name,
    text: Deno.readTextFileSync(join(KERNELS, name, file.name)),
  }))
);

const given = new Set(files.flatMap(({ text }) => listedNames(text, "gives")));
/** No file gives `activation`: `gateTo` generates the line that selects one. */
given.add("activation");

/** Names given by other parts that this text uses without declaring them. */
function used(text: string): string[] {
  const code = text.replace(/\/\/.*/g, "");
  const names = new Set(code.match(/(?<![\w.])[A-Za-z_]\w*/g));
  const own = new Set([
    ...code.matchAll(/\b(?:let|var|fn|struct|alias|const)(?:<[^>]*>)? (\w+)/g),
    ...code.matchAll(/(\w+):/g),
  ].map(([, name]) => name));
  return [...names].filter((name) => given.has(name) && !own.has(name)).sort();
}

Deno.test("kernels: a header lists what the file needs, and nothing else", () => {
  assert(files.length > 50);
  for (const { name, text } of files) assertEquals(listedNames(text, "needs").sort(), used(text), name);
});

Deno.test("kernels: every given name is needed somewhere", () => {
  const needed = new Set([...files.flatMap(({ text }) => listedNames(text, "needs")), "main"]);
  for (const { name, text } of files) {
    const gives = listedNames(text, "gives");
    assert(gives.length > 0, name);
    assertEquals(gives.filter((it) => !needed.has(it) && !it.startsWith("act_")), [], name);
  }
});

Deno.test("kernels: README.md has each file in the row of its folder", () => {
  const readme = Deno.readTextFileSync(join(KERNELS, "README.md"));
  const rows = new Map(
    [...readme.matchAll(/^\| `(\w+)\/` \|(.*)$/gm)].map(([, family, row]) => [family, row]),
  );
  for (const { name, family } of files) {
    assert(new RegExp(`\\b${name}\\b`).test(rows.get(family) ?? ""), `${family}/${name} is not in its row`);
  }
  assertEquals([...rows.keys()].sort(), [...new Set(files.map(({ family }) => family))].sort());
});
