/** The program requests only the permissions that it uses: see scripts/permissions.sh. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

async function shell(
  script: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", `. scripts/permissions.sh; ${script}`, "sh", ...args],
    cwd: ROOT,
    env: { LLAMA_MODEL: "", ...env },
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** The permissions of a command line beyond reading files. */
async function extra(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const [least, all] =
    (await shell('choose_permissions "$@"; printf "%s\\n%s" "$least" "$permissions"', args, env))
      .split("\n");
  assert(all.startsWith(least));
  return all.slice(least.length).replaceAll("--allow-", "").trim();
}

Deno.test("a command line gets to write and to the network only where it says so", async () => {
  const rows: [string[], string, Record<string, string>?][] = [
    [[], ""],
    [["run", "and/or"], ""],
    [["run", "-m", "./owner/name", "x"], ""],
    [["run", "-m", "/models/name", "x"], ""],
    [["run", "-m", "tests/trust", "x"], ""], // a folder here
    [["run", "-m", "owner/name.safetensors", "x"], ""],
    [["run", "--", "-m", "owner/name"], ""],
    [["run", "-p", "pull", "--temperature", "1"], ""],
    [["score", "--lines", "-f", "a/b"], ""],
    [["tokenize", "x"], ""],
    [["inspect"], ""],
    [["mask", "x"], ""],
    [["run", "-m", "owner/name", "x"], "write net"],
    [["run", "-qm", "owner/name", "x"], "write net"],
    [["run", "-mowner/name", "x"], "write net"],
    [["run", "--model", "owner/name"], "write net"],
    [["run", "--model=owner/name"], "write net"],
    [["run", "x"], "write net", { LLAMA_MODEL: "owner/name" }],
    [["inspect", "owner/name"], "write net"],
    [["quantize", "owner/name", "out"], "write net"],
    [["pull", "x"], "write net"],
    [["run", "--prompt-cache", "file", "x"], "write"],
    [["mask", "--png=file", "x"], "write"],
    [["mask", "--html", "file", "x"], "write"],
    [["quantize", "in", "out"], "write"],
    [["chat"], "write"],
    [["serve"], "net=127.0.0.1:8080"],
    [["serve", "-m", "./owner/name", "--port", "0"], "net=127.0.0.1:0"],
    [["serve", "--host=::1", "--port=9000"], "net=[::1]:9000"],
    [["serve", "--host", "2001:db8::1"], "net"],
    [["serve", "--host", "a,b"], ""],
    [["serve", "--host", "a..b"], ""],
    [["serve", "--port", "65536"], ""],
    [["serve", "--port", "1x"], ""],
    [["serve", "-m", "owner/name"], "write net"],
  ];
  for (const [args, wanted, env] of rows) assertEquals(await extra(args, env), wanted, args.join(" "));
});

Deno.test("what computes may keep the choice of kernels in the cache folder, under two names", async () => {
  const cached = async (cache: string, args: string[]) =>
    await shell(`cache='${cache}'; choose_permissions "$@"; printf %s "\${permissions#"$least"}"`, args);
  const kept = "--allow-write=/c/llama/tuning.json,/c/llama/tuning.json.new";
  const rows: [string, string, string][] = [
    ["/c/llama", "run x", kept],
    ["/c/llama", "score x", kept],
    ["/c/llama", "bench --tune", kept],
    ["/c/llama", "tokenize x", ""],
    ["/c/llama", "inspect", ""],
    ["/c/llama", "chat", "--allow-write"],
    ["/c/llama", "run -m owner/name x", "--allow-write --allow-net"],
    // Characters that the shell or Deno would split.
    ["/c /llama", "run x", ""],
    ["/c,/llama", "run x", ""],
    ["/c*/llama", "run x", ""],
  ];
  for (const [cache, line, wanted] of rows) {
    assertEquals(await cached(cache, line.split(" ")), wanted, `${cache} ${line}`);
  }
});

Deno.test("the launcher and the compiled program name their permissions; nobody starts programs or loads libraries", async () => {
  const [least, all] = (await shell('printf "%s\\n%s" "$least" "$program_permissions"')).split("\n");
  for (const flags of [least, all]) {
    assertEquals(
      /-A\b|allow-all|allow-run|allow-ffi|allow-import|allow-env |allow-sys /.test(`${flags} `),
      false,
      flags,
    );
  }
  assertEquals(/allow-write|allow-net/.test(least), false);
  for (const script of ["llama", "scripts/compile.sh"]) {
    const text = await Deno.readTextFile(join(ROOT, script));
    assert(/permissions\.sh/.test(text) && !/--allow|-A\b/.test(text), script);
  }
});

Deno.test("the variables that the source reads are those that the program may read", async () => {
  const names = new Set<string>();
  const walk = (folder: string): void => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      const path = join(folder, name);
      if (isDirectory) walk(path);
      else if (/\.ts$/.test(name) && !/_test\.ts$/.test(name)) {
        scan(path);
      }
    }
  };
  const scan = (path: string) => {
    const text = Deno.readTextFileSync(path);
    for (const [, name] of text.matchAll(/\benv(?:\.\w+)?\(\s*"([A-Z][A-Z0-9_]*)"/g)) names.add(name);
    // Those that choose a card.
    if (!path.endsWith("/gpu/cards.ts")) return;
    for (const [, name] of text.matchAll(/\b([A-Z]+_[A-Z_]+): /g)) names.add(name);
  };
  walk(join(ROOT, "src"));
  scan(join(ROOT, "main.ts"));
  assertEquals(await shell('printf %s "$env_names"'), [...names].sort().join(","));
});

Deno.test("a run of a local model needs no more than the least", async () => {
  const least = await shell('printf %s "$least"');
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ..."run --quiet --no-prompt --no-check --frozen".split(" "),
      ...least.split(" "),
      "main.ts",
      ..."run --greedy -n 4 -v".split(" "),
      "Plants create energy through a process known as",
    ],
    cwd: ROOT,
    env: { LLAMA_MODEL: "", NO_COLOR: "1" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, err);
  assert(out.startsWith(" photosynthesis") && err.includes("loaded"), out + err);
});
