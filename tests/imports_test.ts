/** Holds the direction of imports that ARCHITECTURE.md promises, and that no kernel goes untested. */
import { assert, assertEquals } from "@std/assert";
import { basename, dirname, fromFileUrl, join, normalize, relative } from "@std/path";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** What the files of a folder may import besides their own folder, src/base/errors.ts, src/base/clock.ts and src/base/paths.ts. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "src/cli": [
    "src/generate",
    "src/model",
    "src/ops",
    "src/gpu",
    "src/tokenizer",
    "src/checkpoint",
    "src/hub",
  ],
  "src/generate": ["src/model", "src/ops", "src/gpu", "src/tokenizer", "src/checkpoint"],
  "src/model": ["src/ops", "src/gpu", "src/checkpoint"],
  "src/ops": ["src/gpu", "kernels"],
  "src/gpu": [],
  "src/tokenizer": ["src/checkpoint", "src/jinja"],
  "src/jinja": [],
  "src/checkpoint": [],
  "src/hub": ["src/checkpoint"],
  "src/reference": [],
  // Tests alone: bad inputs, faults and endings through the whole program.
  "src/trust": [
    "src/cli",
    "src/generate",
    "src/model",
    "src/ops",
    "src/gpu",
    "src/tokenizer",
    "src/checkpoint",
    "src/hub",
    "testdata",
  ],
};

/** What everybody may import, and what imports nothing itself. */
const EVERYBODYS = ["src/base/errors.ts", "src/base/clock.ts", "src/base/paths.ts"];

/** `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`, types too. */
const IMPORT = /(?:^(?:import|export)\b(?:[^;"]*?\bfrom)?\s*|\bimport\()"([^"]+)"/gm;

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every relative import of the .ts files under `folder`, both ends as paths from the project's root. */
function importsUnder(folder: string): Import[] {
  return filesUnder(folder, ".ts").flatMap((from) => {
    const text = Deno.readTextFileSync(join(ROOT, from));
    return [...text.matchAll(IMPORT)].map((match) => match[1]).filter((name) => name.startsWith("."))
      .map((name) => ({ from, to: normalize(join(dirname(from), name)) }));
  });
}

function filesUnder(folder: string, extension: string): string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return filesUnder(path, extension);
    return path.endsWith(extension) ? [relative(ROOT, join(ROOT, path))] : [];
  });
}

/** "src/gpu/device.ts" → "src/gpu"; "src/base/errors.ts" and "kernels/x.wgsl" → "src", "kernels". */
function folderOf(path: string): string {
  const parts = dirname(path).split("/");
  return parts.slice(0, parts[0] === "src" ? 2 : 1).join("/");
}

/** Tests and their helpers may also look at the float64 twins, checkpoints and the project's own files. */
function mayImport({ from, to }: Import): boolean {
  const [folder, target] = [folderOf(from), folderOf(to)];
  if ([...EVERYBODYS, "deno.json"].includes(to) || folder === target) return true;
  if (from === "src/mod.ts") return to !== "main.ts";
  // The doctor brings the twins to the user's device; nothing else of the program computes in float64.
  if (from.startsWith("src/generate/doctor/") && target === "src/reference") return true;
  if (/(_test|testing)\.ts$/.test(from)) {
    if (["src/reference", "src/checkpoint", "testdata", "kernels", "scripts"].includes(target)) return true;
    if (from.startsWith("src/mod")) return true;
  }
  return ALLOWED[folder]?.includes(target) ?? false;
}

Deno.test("imports go one way", () => {
  const imports = importsUnder("src");
  assert(imports.length > 50, "the imports are found");
  assertEquals(imports.filter((one) => !mayImport(one)).map(({ from, to }) => `${from} → ${to}`), []);
});

Deno.test("errors.ts, clock.ts and paths.ts import nothing of ours", () => {
  assertEquals(importsUnder("src").filter(({ from }) => EVERYBODYS.includes(from)), []);
});

Deno.test("time is read, and waited for, through clock.ts alone", () => {
  const others = filesUnder("src", ".ts").filter((path) =>
    path !== "src/base/clock.ts" && !path.startsWith("src/trust/") && !/(_test|testing)\.ts$/.test(path) &&
    /performance\.now|Date\.now|new Date\(\)|setTimeout|setInterval|AbortSignal\.timeout/.test(
      Deno.readTextFileSync(join(ROOT, path)),
    )
  );
  assertEquals(others, []);
});

Deno.test("no start makes Node's world, which takes Deno 30 ms: no node: module, and @std/path through paths.ts alone", () => {
  const others = filesUnder("src", ".ts").filter((path) =>
    // A download is slower anyway, and needs a hash that can be fed.
    path !== "src/hub/download.ts" && !path.startsWith("src/trust/") && !/(_test|testing)\.ts$/.test(path) &&
    /"node:|"@std\/path"/.test(Deno.readTextFileSync(join(ROOT, path)))
  );
  assertEquals(others, []);
});

Deno.test("the rule refuses what it should", () => {
  const rejected: [string, string][] = [
    ["src/gpu/a.ts", "src/ops/b.ts"],
    ["src/ops/a.ts", "src/model/b.ts"],
    ["src/model/a.ts", "src/tokenizer/b.ts"],
    ["src/generate/a.ts", "src/hub/b.ts"],
    ["src/model/a.ts", "src/reference/mod.ts"],
    ["src/checkpoint/a.ts", "src/gpu/b.ts"],
    ["src/generate/a_test.ts", "src/cli/b.ts"],
    ["src/other/a.ts", "src/gpu/b.ts"],
    ["src/cli/a.ts", "src/mod.ts"],
  ];
  for (const [from, to] of rejected) assert(!mayImport({ from, to }), `${from} → ${to}`);
  const found =
    `import a from "./a.ts";\nimport {\n  b,\n} from "./b.ts";\nexport * from "./c.ts";\nawait import("./d.ts")`;
  assertEquals([...found.matchAll(IMPORT)].map((match) => match[1]), [
    "./a.ts",
    "./b.ts",
    "./c.ts",
    "./d.ts",
  ]);
});

Deno.test("every kernel is named in a test, and every part of one is linked somewhere", () => {
  const read = (path: string) => Deno.readTextFileSync(join(ROOT, path));
  const tests = filesUnder("src", "_test.ts").filter((path) => path !== "tests/imports_test.ts").map(read).join(
    "\n",
  );
  const kernels = filesUnder("kernels", ".wgsl");
  const imported = new Set(importsUnder("src").map(({ to }) => to));
  assertEquals(kernels.filter((path) => !imported.has(path)), [], "not imported");
  const untested = kernels.filter((path) => read(path).includes("@compute")).filter((path) => {
    const name: string = basename(path, ".wgsl");
    const camelCase = name.replace(/_(.)/g, (_: string, letter: string) => letter.toUpperCase());
    return !new RegExp(`\\b(${name}|${camelCase})\\b`).test(tests);
  });
  assertEquals(untested, [], "named in no test");
});
