import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { tellSilence } from "./silence.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How often something was said about chunks that come after pauses. */
async function said(pauses: number[], patience: number): Promise<number> {
  let count = 0;
  async function* chunks() {
    for (const ms of pauses) {
      await pause(ms);
      yield new Uint8Array(1);
    }
    await pause(pauses.at(-1) ?? 0);
  }
  assertEquals((await Array.fromAsync(tellSilence(chunks(), () => count++, patience))).length, pauses.length);
  await pause(patience * 2);
  return count;
}

Deno.test("a silent beginning is told once; later pauses and quick inputs are not", async () => {
  assertEquals(await said([400], 50), 1);
  assertEquals(await said([0, 200, 200], 50), 0);
  assertEquals(await said([], 50), 0);
});

Deno.test("time that the program itself was busy is not the input's", async () => {
  let count = 0;
  async function* chunks() {
    await pause(1);
    yield new Uint8Array(1);
  }
  const reading = Array.fromAsync(tellSilence(chunks(), () => count++, 50));
  const busy = (ms: number) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  };
  busy(100);
  await reading;
  assertEquals(count, 0);

  // Busy again and again, so that every step comes late; the chunk comes before the program is idle for long.
  async function* late() {
    for (let i = 0; i < 12; i++) {
      await pause(1);
      busy(20);
    }
    yield new Uint8Array(1);
  }
  await Array.fromAsync(tellSilence(late(), () => count++, 50));
  assertEquals(count, 0);
});

Deno.test("a command that waits for a silent pipe says so on stderr, unless -q or a prompt is given", async () => {
  const root = fromFileUrl(new URL("../../", import.meta.url));
  const tokenize = async (...args: string[]) => {
    const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    const child = new Deno.Command(`${root}llama`, { args: ["tokenize", ...args], cwd: root, ...pipes })
      .spawn();
    const [quiet, given] = [args.includes("-q"), args.includes("a")];
    const stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    // The hint comes by itself; where none is to come, three times its patience pass.
    const told = quiet || given ? await pause(1500) : (await stderr.read()).value;
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("b"));
    await writer.close();
    const rest = (await stderr.read()).value;
    const { code } = await child.status;
    await child.stdout.cancel();
    return [code, told, rest];
  };
  const hint = "llama: reading the input from stdin, which is silent so far; Ctrl-D ends it\n";
  assertEquals(
    await Promise.all([tokenize(), tokenize("-q"), tokenize("a")]),
    [[0, hint, undefined], [0, undefined, undefined], [0, undefined, undefined]],
  );
});
