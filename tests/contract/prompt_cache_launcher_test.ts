/** `llama run --prompt-cache`, through the launcher. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { PROGRAM, ROOT } from "../support/contract.ts";

const FACT = "Plants create energy through a process known as";

async function run(...args: string[]) {
  const command = new Deno.Command(PROGRAM, { args: ["run", ...args], cwd: ROOT, stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("--prompt-cache: the same text with and without, the file grows with the prompt, misuse is reported", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/prompt.cache`;
  try {
    const options = ["--seed", "7", "-n", "12"];
    const longer = `${FACT} photosynthesis. Water boils at`;
    const first = await run(...options, "--prompt-cache", file, "-v", FACT);
    assertEquals(first.code, 0, first.stderr);
    const second = await run(...options, "--prompt-cache", file, "-v", longer);
    assertEquals(second.stdout, (await run(...options, longer)).stdout);
    const [, held] = first.stderr.match(/now holds (\d+) prompt tokens/)!;
    assertStringIncludes(second.stderr, `${file}: ${held} of `);
    assertMatch(second.stderr, /now holds \d+ prompt tokens/);
    // A shorter prompt does not replace the longer one in the file.
    const bytes = await Deno.readFile(file);
    assertEquals((await run(...options, "--prompt-cache", file, FACT)).stdout, first.stdout);
    assertEquals(await Deno.readFile(file), bytes);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["prompt.cache"]);

    const fails = async (code: number, message: string, ...args: string[]) => {
      const result = await run(...options, "--prompt-cache", ...args);
      assertEquals([result.code, result.stdout], [code, ""], result.stderr);
      assertStringIncludes(result.stderr, message);
      assertMatch(result.stderr, /^llama: [^\n]+\n$/);
    };
    await fails(3, "weights in bfloat16, now they are in float32", file, "--dtype", "float32", FACT);
    await fails(3, "made with --kv-cache float16, now it is int8", file, "--kv-cache", "int8", FACT);
    await Deno.writeFile(`${folder}/broken`, bytes.subarray(0, 2000));
    await fails(3, "2000 bytes long", `${folder}/broken`, FACT);
    await fails(2, "drop --lines", file, "--lines", "-f", `${ROOT}README.md`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("chat keeps its first prompt too", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/chat.cache`;
  try {
    const chat = async (...args: string[]) => {
      const options = { cwd: ROOT, stdin: "piped", stdout: "piped", stderr: "piped" } as const;
      const child = new Deno.Command(PROGRAM, {
        args: ["chat", "--greedy", "-n", "8", "-v", "--system", "You know plants.", ...args],
        ...options,
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(`${FACT}\nAnd water?\n`));
      await writer.close();
      const { stdout, stderr } = await child.output();
      const decoder = new TextDecoder();
      return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    };
    const plain = await chat();
    const first = await chat("--prompt-cache", file);
    const second = await chat("--prompt-cache", file);
    assertEquals([first.stdout, second.stdout], [plain.stdout, plain.stdout]);
    const [, held] = first.stderr.match(/now holds (\d+) prompt tokens/)!;
    assertStringIncludes(second.stderr, `${file}: ${held} of ${held} prompt tokens`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
