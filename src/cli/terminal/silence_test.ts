import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { pause } from "../../base/clock.ts";
import { FakeClock } from "../../../tests/support/clock.ts";
import { tellSilence } from "./silence.ts";

/** How often a hint was logged about chunks, with a patience of 50 ms. */
async function said(chunks: (time: FakeClock) => AsyncIterable<Uint8Array>, count: number): Promise<number> {
  const time = new FakeClock();
  let told = 0;
  await time.run(async () => {
    const read = await Array.fromAsync(tellSilence(chunks(time), () => told++, 50));
    assertEquals(read.length, count);
    await pause(100);
  });
  return told;
}

/** Chunks after pauses, and the end after the last pause once more. */
function after(...pauses: number[]): Promise<number> {
  return said(async function* () {
    for (const ms of pauses) {
      await pause(ms);
      yield new Uint8Array(1);
    }
    await pause(pauses.at(-1) ?? 0);
  }, pauses.length);
}

Deno.test("a silent beginning is reported once; later pauses and quick inputs are not", async () => {
  assertEquals(await after(400), 1);
  assertEquals(await after(51), 1);
  assertEquals(await after(49), 0);
  assertEquals(await after(0, 200, 200), 0);
  assertEquals(await after(), 0);
});

Deno.test("time that the program itself was busy is not the input's", async () => {
  // Busy again and again, so that every step is late; the chunk arrives before the program is idle for long.
  const late = (times: number, busy: number) =>
    said(async function* (time) {
      for (let i = 0; i < times; i++) {
        await pause(1);
        time.busy(busy);
      }
      await pause(10);
      yield new Uint8Array(1);
    }, 1);
  assertEquals(await late(1, 100), 0);
  assertEquals(await late(12, 20), 0);
  assertEquals(await late(60, 0), 1);
});

Deno.test("a command that waits for a silent pipe says so on stderr, unless -q or a prompt is given", async () => {
  const root = fromFileUrl(new URL("../../../", import.meta.url));
  const tokenize = async (...args: string[]) => {
    const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    const child = new Deno.Command(`${root}llama`, { args: ["tokenize", ...args], cwd: root, ...pipes })
      .spawn();
    const [quiet, given] = [args.includes("-q"), args.includes("a")];
    const stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    // The hint appears by itself; if none is expected, wait three times its patience.
    const told = quiet || given
      ? await new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 1500))
      : (await stderr.read()).value;
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
