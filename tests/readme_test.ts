import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const ROOT = new URL("../", import.meta.url);

/** The code blocks of one language in a Markdown file. */
function blocksOf(markdown: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms");
  return [...markdown.matchAll(fence)].map(([, block]) => block);
}

Deno.test("README's snippets of the library are checked by the compiler and run", async () => {
  const blocks = blocksOf(await Deno.readTextFile(new URL("README.md", ROOT)), "ts");
  assertEquals(blocks.length, 2);
  const folder = await Deno.makeTempDir({ prefix: "llama-readme-" });
  try {
    await Deno.symlink(fromFileUrl(new URL("testdata/default-model", ROOT)), join(folder, "TinyLlama"));
    const files = blocks.map((_, i) => `${i}.ts`);
    for (const [i, block] of blocks.entries()) {
      const code = block.replace("./src/mod.ts", new URL("src/mod.ts", ROOT).href);
      await Deno.writeTextFile(join(folder, files[i]), code);
    }
    await Deno.writeTextFile(
      join(folder, "all.ts"),
      files.map((file) => `await import("./${file}");\n`).join(""),
    );
    const permissions = ["--allow-read", "--allow-env", "--allow-sys"];
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--check", "--no-prompt", "--frozen", "--config", fromFileUrl(new URL("deno.json", ROOT))],
        ...[...permissions, join(folder, "all.ts")],
      ],
      cwd: folder,
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const out = new TextDecoder().decode(stdout);
    assertStringIncludes(out, "Once upon a time");
    assertStringIncludes(out, "Attention Matrix");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("README names every task, and no other", async () => {
  const named = (await Deno.readTextFile(new URL("README.md", ROOT))).matchAll(/^\| `deno task .*?\|/gm);
  const tasks = [...named].flatMap(([cell]) =>
    [...cell.matchAll(/deno task ([\w:]+)/g)].map(([, task]) => task)
  );
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  assertEquals(tasks.toSorted(), Object.keys(config.tasks).toSorted());
});

Deno.test("the files that ARCHITECTURE.md names are there", async () => {
  const text = await Deno.readTextFile(new URL("ARCHITECTURE.md", ROOT));
  const links = [
    ...text.matchAll(/\]\(([^)]+)\)/g),
    ...text.matchAll(/`((?:src|tests|testdata)\/[\w/]+\.\w+)`/g),
  ];
  const missing = links.map(([, path]) => path).filter((path) => {
    try {
      return !Deno.statSync(new URL(path, ROOT));
    } catch {
      return true;
    }
  });
  assertEquals(missing, []);
});
