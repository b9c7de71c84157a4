/** A device that fails while the server works: running requests end with an error, exit 4. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeIo, runMain } from "../support/cli.ts";
import { type Fault, loseDevice, type Point, withFault } from "./faults.ts";

const SUBMITS: readonly Point[] = [[GPUQueue.prototype, "submit"]];
const BODY = { prompt: "The sea", max_tokens: 100, ignore_eos: true, seed: 1, n: 2 };

/** Serves two requests, one of them streamed, until the program ends; a fault must end it. */
async function serve() {
  const io = new FakeIo();
  const ended = runMain(["serve", "--port", "0"], io);
  const url = await listening(io, ended);
  if (url === undefined) return { ...await ended, whole: undefined, streamed: "" };
  const post = (body: object) =>
    fetch(`${url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const whole = post(BODY).then(async (response) => ({
    status: response.status,
    body: await response.json(),
  }))
    .catch(() => undefined);
  const streamed = post({ ...BODY, stream: true }).then((response) => response.text()).catch(() => "");
  const answers = [await whole, await streamed] as const;
  // Without a fault nothing else ends it.
  if (answers[0]?.status === 200) Deno.kill(Deno.pid, "SIGTERM");
  return { ...await ended, whole: answers[0], streamed: answers[1] };
}

async function listening(io: FakeIo, ended: Promise<unknown>): Promise<string | undefined> {
  let isOver = false;
  ended.then(() => isOver = true);
  for (;;) {
    const url = /listening on (\S+)/.exec(io.stderr)?.[1];
    if (url || isOver) return url;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function sweepSubmits(fault: Fault, message: RegExp): Promise<void> {
  const clean = await withFault(SUBMITS, 0, fault, serve);
  assertEquals(clean.result.code, 0, clean.result.stderr);
  let answered = 0;
  for (const part of [0.2, 0.5, 0.8]) {
    const k = Math.ceil(clean.calls * part);
    const { result } = await withFault(SUBMITS, k, fault, serve);
    const { code, stderr, whole, streamed } = result;
    if (code === 0) continue;
    assertEquals(code, 4, stderr);
    assertMatch(stderr, message);
    if (whole === undefined) continue;
    answered++;
    assertEquals([whole.status, whole.body.error?.code], [503, "device_failed"]);
    assert(/\{"error":\{[^\n]*"code":"device_failed"\}\}\n*$/.test(streamed), streamed.slice(-300));
  }
  assert(answered > 0, "no request met the fault");
}

Deno.test("serve: the device is lost: running requests end with an error, exit 4", async () => {
  using lost = loseDevice();
  await sweepSubmits(lost.fault, /llama: GPU device was lost\n$/);
});
