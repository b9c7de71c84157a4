/** Examples in doc comments: every class and function of the library has one, and all of them run. */
import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
/** The models that examples open, by the names that they have there. */
const MODELS: Readonly<Record<string, string>> = {
  TinyLlama: "testdata/default-model",
  Classifier: "testdata/tasks/text_three",
  Tagger: "testdata/tasks/tokens_words",
  Answerer: "testdata/tasks/question_right",
};

interface Declaration {
  readonly kind: string;
  readonly jsDoc?: { readonly tags?: readonly { readonly kind: string }[] };
  readonly location: { readonly filename: string };
}

async function deno(cwd: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const command = new Deno.Command(Deno.execPath(), { args, cwd, env: { NO_COLOR: "1" } });
  const { code, stdout, stderr } = await command.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** The classes and functions of the library: their declarations by name. */
async function exported(): Promise<[name: string, declarations: Declaration[]][]> {
  const { out } = await deno(ROOT, "doc", "--json", "src/mod.ts");
  const [module] = Object.values(JSON.parse(out).nodes) as [
    { symbols: { name: string; declarations: Declaration[] }[] },
  ];
  return module.symbols.map(({ name, declarations }) => [
    name,
    declarations.filter(({ kind }) => kind === "class" || kind === "function"),
  ]);
}

Deno.test("every class and function of the library has an example", async () => {
  const without = (await exported()).filter(([, declarations]) =>
    declarations.length > 0 &&
    !declarations.some(({ jsDoc }) => jsDoc?.tags?.some(({ kind }) => kind === "example"))
  );
  assertEquals(without.map(([name]) => name), []);
});

Deno.test("examples in doc comments are checked by the compiler and run", async () => {
  const files = new Set(
    (await exported()).flatMap(([, all]) => all.map(({ location }) => fromFileUrl(location.filename))),
  );
  const folder = await Deno.makeTempDir({ prefix: "llama-examples-" });
  try {
    for (const [name, path] of Object.entries(MODELS)) {
      await Deno.symlink(join(ROOT, path), join(folder, name));
    }
    const config = ["--config", join(ROOT, "deno.json"), "--frozen", "--no-prompt"];
    const permissions = ["--allow-read", "--allow-env", "--allow-sys"];
    const { code, out, err } = await deno(folder, "test", "--doc", ...config, ...permissions, ...files);
    const begun = [...out.matchAll(/^running (\d+) tests? from/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    const passed = [...out.matchAll(/\.\.\. ok \(/g)].length;
    // Mesa 22.3 sometimes aborts (SIGABRT, 134) when a process ends that had devices in several isolates.
    const ended = code === 134 && begun > 20 ? 0 : code;
    assertEquals([ended, passed], [0, begun], out.slice(-3000) + err.slice(-3000));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
