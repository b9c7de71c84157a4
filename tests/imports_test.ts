/** Checks the direction of imports that ARCHITECTURE.md promises, and that every kernel is tested. */
import { assert, assertEquals } from "@std/assert";
import { basename, dirname, fromFileUrl, join, normalize, relative } from "@std/path";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** The folders that a folder's files may import, besides their own and src/base. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  base: [],
  checkpoint: [],
  hub: ["checkpoint"],
  jinja: [],
  tokenizer: ["checkpoint", "jinja"],
  constraint: [],
  gpu: [],
  ops: ["gpu"],
  model: ["ops", "gpu", "checkpoint"],
  generate: ["model", "ops", "gpu", "tokenizer", "constraint", "checkpoint"],
  tasks: ["generate", "model", "tokenizer", "checkpoint"],
  mask: ["model", "tokenizer", "checkpoint"],
  pipelines: ["tasks", "generate", "model", "tokenizer", "constraint", "checkpoint"],
  reference: [],
  trial: ["ops", "gpu"],
  // The doctor runs the twins on the user's device; no other part of the program computes in float64.
  doctor: ["trial", "reference", "model", "ops", "gpu", "checkpoint"],
  serve: ["generate", "tokenizer", "constraint", "checkpoint"],
  cli: [
    "serve",
    "doctor",
    "tasks",
    "mask",
    "generate",
    "model",
    "ops",
    "gpu",
    "tokenizer",
    "constraint",
    "hub",
    "checkpoint",
  ],
};

/**
 * The rooms of a folder from the lowest: each may import those before it. The folder's own files are last.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  checkpoint: ["tensors", "files", "config", "safetensors", "int4"],
  jinja: ["values", "methods", "builtins", "syntax", "run"],
  tokenizer: ["unicode", "models", "regex", "text", "tokenizer_json", "sentencepiece"],
  constraint: ["automaton", "gbnf", "regex", "schema"],
  model: ["state", "kv", "weights", "cache", "forward", "classes"],
  // Commands read prompt caches; the folder's own files do not import them.
  generate: [
    "numbers",
    "processors",
    "options",
    "sampling",
    "request",
    "decode",
    "engine",
    "measure",
    "prompt_cache",
  ],
  serve: ["http", "fields", "tools", "work", "api"],
  cli: ["terminal", "options", "shared", "chat", "commands"],
};

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

const isTest = (path: string) => path.endsWith("_test.ts");

/** "src/gpu/device.ts" → ["gpu", undefined]; "src/cli/chat/chat.ts" → ["cli", "chat"]. */
function roomOf(path: string): [folder: string, room: string | undefined] {
  const [, folder, room] = dirname(path).split("/");
  return [folder, room];
}

/** Index of a room in its folder. */
function floorOf(folder: string, room: string | undefined): number {
  const rooms = ROOMS[folder] ?? [];
  return room === undefined ? rooms.length : rooms.indexOf(room);
}

function mayImport({ from, to }: Import): boolean {
  if (to === "deno.json") return true;
  if (from === "src/mod.ts") return to.startsWith("src/");
  // Tests may also import the float64 twins, checkpoints, their helpers and the project's own files.
  const [folder, room] = roomOf(from);
  const [target, part] = roomOf(to);
  if (isTest(from)) {
    return ["tests/support/", "testdata/", "kernels/", "src/mod"].some((start) => to.startsWith(start)) ||
      [folder, "base", "trial", "reference", "checkpoint", ...ALLOWED[folder]].includes(target);
  }
  if (to.startsWith("kernels/")) return from === "src/ops/kernels.ts";
  if (!to.startsWith("src/") || target === undefined) return false;
  if (folder !== target) return target === "base" || (ALLOWED[folder]?.includes(target) ?? false);
  const [own, other] = [floorOf(folder, room), floorOf(folder, part)];
  return other >= 0 && own >= other;
}

Deno.test("imports go one way, between folders and between the rooms of a folder", () => {
  const imports = importsUnder("src");
  assert(imports.length > 50, "the imports are found");
  assertEquals(imports.filter((one) => !mayImport(one)).map(({ from, to }) => `${from} → ${to}`), []);
});

Deno.test("no file imports itself by way of others", () => {
  const graph = Map.groupBy(
    importsUnder("src").filter(({ from }) => !isTest(from)),
    ({ from }) => from,
  );
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      return;
    }
    state.set(file, "open");
    for (const { to } of graph.get(file) ?? []) visit(to, [...path, file]);
    state.set(file, "done");
  };
  for (const file of graph.keys()) visit(file, []);
  assertEquals(circles, []);
});

Deno.test("every folder of sources is known, and none holds more than a person can survey", () => {
  const folders = Map.groupBy(filesUnder("src", ".ts"), (path) => dirname(path));
  for (const [path, files] of folders) {
    const sources = files.filter((file) => !isTest(file));
    assert(sources.length <= 33, `${path}: ${sources.length} files`);
    if (path === "src") continue;
    const [, folder, room] = path.split("/");
    assert(folder in ALLOWED, `${path}: no row in ALLOWED`);
    if (room !== undefined) assert(floorOf(folder, room) >= 0, `${path}: no row in ROOMS`);
  }
});

Deno.test("errors.ts, clock.ts and paths.ts import nothing of ours", () => {
  const lowest = ["src/base/errors.ts", "src/base/clock.ts", "src/base/paths.ts"];
  assertEquals(importsUnder("src").filter(({ from }) => lowest.includes(from)), []);
});

Deno.test("time is read, and waited for, through clock.ts alone", () => {
  const others = filesUnder("src", ".ts").filter((path) =>
    path !== "src/base/clock.ts" && !isTest(path) &&
    /performance\.now|Date\.now|new Date\(\)|setTimeout|setInterval|AbortSignal\.timeout/.test(
      Deno.readTextFileSync(join(ROOT, path)),
    )
  );
  assertEquals(others, []);
});

Deno.test("no start makes Node's world, which takes Deno 30 ms: no node: module, and @std/path through paths.ts alone", () => {
  const others = filesUnder("src", ".ts").filter((path) =>
    // A download is slower anyway, and needs an incremental hash.
    path !== "src/hub/download.ts" && !isTest(path) &&
    /"node:|"@std\/path"/.test(Deno.readTextFileSync(join(ROOT, path)))
  );
  assertEquals(others, []);
});

Deno.test("a start of run loads no template interpreter, which takes 30 ms, and no constraints", () => {
  const value = /^(?:import|export) (?!type\b)(?:[^;"]*?\bfrom\s*)?"(\.[^"]+)"/gm;
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file) || !file.endsWith(".ts")) return;
    seen.add(file);
    const text = Deno.readTextFileSync(join(ROOT, file));
    for (const [, name] of text.matchAll(value)) visit(normalize(join(dirname(file), name)));
  };
  visit("src/cli/commands/run.ts");
  assert(seen.size > 100, "the imports are found");
  assertEquals([...seen].filter((file) => file.startsWith("src/jinja/")), []);
  const constraints = [...seen].filter((file) => file.startsWith("src/constraint/"));
  assertEquals(constraints, ["src/constraint/constraint.ts"]);
});

Deno.test("the rule refuses what it should", () => {
  const rejected: [string, string][] = [
    ["src/gpu/a.ts", "src/ops/b.ts"],
    ["src/ops/a.ts", "src/model/kv/b.ts"],
    ["src/model/kv/a.ts", "src/tokenizer/b.ts"],
    ["src/model/kv/a.ts", "src/model/forward/b.ts"],
    ["src/model/kv/a.ts", "src/model/unknown/b.ts"],
    ["src/generate/a.ts", "src/hub/b.ts"],
    ["src/generate/options/a.ts", "src/generate/b.ts"],
    ["src/model/forward/a.ts", "src/reference/mod.ts"],
    ["src/checkpoint/files/a.ts", "src/gpu/b.ts"],
    ["src/jinja/values/a.ts", "src/jinja/run/b.ts"],
    ["src/generate/a_test.ts", "src/cli/b.ts"],
    ["src/gpu/a_test.ts", "src/ops/b.ts"],
    ["src/other/a.ts", "src/gpu/b.ts"],
    ["src/cli/a.ts", "src/mod.ts"],
    ["src/cli/a.ts", "tests/support/b.ts"],
    ["src/ops/a.ts", "kernels/b.wgsl"],
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
  const tests = filesUnder("src", "_test.ts").map(read).join("\n");
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
