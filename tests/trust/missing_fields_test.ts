/**
 * Each field of each JSON file of a model is removed or set to null: the error says in words that it is
 * missing.
 */
import { assert, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { FakeIo, runMain } from "../support/cli.ts";
import { NOT_WORDS } from "./row.ts";

const TESTDATA = fromFileUrl(new URL("../../testdata/", import.meta.url));

type Path = readonly (string | number)[];

/** Paths of all fields, at most a few of each list and of each map from names to values. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [...keys].slice(0, 12).flatMap((key) => {
    const path = [...at, key];
    return [path, ...pathsOf((value as Record<string | number, unknown>)[key], path)];
  });
}

/** A copy of the value with the field removed or replaced. */
function without(value: unknown, path: Path, replacement: null | undefined): unknown {
  const copy = structuredClone(value);
  // deno-lint-ignore no-explicit-any -- any JSON
  const parent = path.slice(0, -1).reduce<any>((inner, key) => inner[key], copy);
  const key = path[path.length - 1];
  if (replacement === null) parent[key] = null;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return copy;
}

const CASES: readonly [folder: string, file: string, args: readonly string[]][] = [
  ["golden/sharded", "config.json", ["inspect"]],
  ["golden/sharded", "model.safetensors.index.json", ["inspect"]],
  ["golden/rope_llama3", "config.json", ["inspect"]],
  ["golden/rope_yarn", "config.json", ["inspect"]],
  ["golden/rope_longrope", "config.json", ["inspect"]],
  ["default-model", "tokenizer.json", ["tokenize", "a"]],
  ["default-model", "tokenizer_config.json", ["tokenize", "a"]],
  ["default-model", "special_tokens_map.json", ["tokenize", "a"]],
  ["default-model", "generation_config.json", ["run", "-n", "1", "a"]],
];

for (const [folder, file, args] of CASES) {
  Deno.test(`${folder}/${file}: no field that is missing or null is called undefined`, async () => {
    const from = join(TESTDATA, folder);
    const to = await Deno.makeTempDir({ prefix: "llama-missing-" });
    try {
      for await (const { name, isFile } of Deno.readDir(from)) {
        if (isFile) await Deno.symlink(join(from, name), join(to, name));
      }
      const value = JSON.parse(await Deno.readTextFile(join(from, file)));
      await Deno.remove(join(to, file));
      const paths = pathsOf(value);
      assert(paths.length > 1);
      for (const path of paths) {
        for (const replacement of [undefined, null] as const) {
          await Deno.writeTextFile(join(to, file), JSON.stringify(without(value, path, replacement)));
          const { code, stderr } = await runMain([args[0], "-m", to, ...args.slice(1)], new FakeIo());
          const what = `${path.join(".")} ${replacement === null ? "null" : "missing"}: ${stderr}`;
          assert(code === 0 || code === 3, `exit code ${code}: ${what}`);
          if (code === 3) assertMatch(stderr, /^llama: [^\n]+\n$/, what);
          assert(!NOT_WORDS.test(stderr), what);
        }
      }
    } finally {
      await Deno.remove(to, { recursive: true });
    }
  });
}
