/** The programs of examples/ run unchanged, with the permissions that their README.md names. */
import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";

const ROOT = fromFileUrl(new URL("../", import.meta.url));
const EXPECTED: Readonly<Record<string, RegExp>> = {
  "complete.ts": /^Plants create energy through a process known as photosynthesis.*\n/,
  "stream.ts": /^[^\n]+\n$/s,
  "chat.ts": /^> What do plants need\?\n.+\n> Why\?\n.+\n$/,
  "classify.ts":
    /^(good|fair|bad) 0\.\d{3} {2}I loved it\.\n(good|fair|bad) 0\.\d{3} {2}It was too long\.\n$/,
  "attention_picture.ts": /^<!doctype html>.*<\/html>\s*$/is,
  "int4.ts": /^as it is: The sun.*\nint4: The sun.*\n$/s,
};

async function run(file: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--frozen",
      "--quiet",
      "--allow-read",
      "--allow-env",
      "--allow-sys",
      file,
      ...args,
    ],
    cwd: ROOT,
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

for (const [file, expected] of Object.entries(EXPECTED)) {
  Deno.test(`examples: ${file}`, async () => {
    const { code, out, err } = await run(`examples/${file}`);
    assertEquals([code, err], [0, ""]);
    assertMatch(out, expected);
  });
}

Deno.test("examples: each program is tested, and named in their README.md", async () => {
  const programs = [...Deno.readDirSync(`${ROOT}examples`)].map(({ name }) => name).filter((name) =>
    name.endsWith(".ts")
  );
  assertEquals(programs.toSorted(), Object.keys(EXPECTED).toSorted());
  const readme = await Deno.readTextFile(`${ROOT}examples/README.md`);
  const named = [...readme.matchAll(/^\| `(.*?)` +\|/gm)].map(([, name]) => name);
  assertEquals(named.toSorted(), programs.toSorted());
});
