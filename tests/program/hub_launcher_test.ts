/** `./llama` and a hub, each in its own process. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { ending } from "../support/child.ts";
import { COMMIT, contents, FakeHub, someBytes, withCache } from "../support/hub.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const golden = (name: string) => Deno.readFileSync(join(ROOT, "testdata/golden/gqa_bf16", name));
const TINY = { "config.json": golden("config.json"), "model.safetensors": golden("model.safetensors") };

function start(
  args: string[],
  hub: FakeHub,
  cache: string,
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command(join(ROOT, "llama"), {
    args,
    env: { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cache, NO_PROXY: "127.0.0.1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("llama pull prints the folder, nothing else; a typo and being offline end with 4, no id with 2", async () => {
  await using hub = new FakeHub(TINY);
  await withCache(async (cache) => {
    const offline = await ending(start(["pull", "owner/name"], hub, cache, { HF_HUB_OFFLINE: "1" }));
    assertEquals([offline.code, offline.stdout, hub.seen.length], [4, "", 0]);
    assertMatch(offline.stderr, /^llama: [^\n]*HF_HUB_OFFLINE[^\n]*\n$/);
    const folder = join(cache, "models--owner--name", "snapshots", COMMIT);
    const first = await ending(start(["pull", "owner/name"], hub, cache));
    assertEquals(first, { code: 0, stdout: folder + "\n", stderr: "" });
    const typo = await ending(start(["pull", "owner/nam"], hub, cache));
    assertEquals(typo.code, 4);
    assertMatch(typo.stderr, /^llama: owner\/nam: no such model on 127\.0\.0\.1[^\n]*\n$/);
    const wrong = await ending(start(["pull", "nobody"], hub, cache));
    assertEquals(wrong.code, 2, wrong.stderr);
  });
});

Deno.test("llama run -m owner/name downloads what is not there, then runs it, then needs no hub", async () => {
  await using hub = new FakeHub(TINY);
  await withCache(async (cache) => {
    const args = ["run", "-m", "owner/name", "--jsonl", "--json", "--greedy", "-n", "4"];
    const record = '{"prompt": [1, 2, 3]}\n';
    const first = await ending(start(args, hub, cache), record);
    assertEquals([first.code, first.stderr], [
      0,
      `llama: downloading owner/name from ${hub.endpoint}: 26.1 kB\n`,
    ]);
    const { tokens } = JSON.parse(first.stdout);
    assertEquals(tokens.length, 4);
    const before = hub.seen.length;
    // Cheaper than a second run, and found in the same way.
    const second = await ending(
      start(["inspect", "owner/name", "--json"], hub, cache, { HF_HUB_OFFLINE: "1" }),
    );
    assertEquals([second.code, second.stderr, hub.seen.length], [0, "", before]);
    assertEquals(JSON.parse(second.stdout).path, join(cache, "models--owner--name", "snapshots", COMMIT));
    const other = await ending(start(["inspect", "owner/other"], hub, cache));
    assertEquals(other.code, 4);
    for (const part of ["owner/other", "no such model", "no folder here"]) {
      assertStringIncludes(other.stderr, part);
    }
  });
});

Deno.test("Ctrl-C leaves a download that the next pull continues", async () => {
  const weights = someBytes(50_000);
  await using hub = new FakeHub({ "config.json": "{}", "model.safetensors": weights });
  await withCache(async (cache) => {
    const children: Deno.ChildProcess[] = [];
    hub.lie = ({ host }) => {
      if (host !== "storage") return;
      setTimeout(() => children[0].kill("SIGINT"), 300);
      return new Response(
        new ReadableStream({ start: (controller) => controller.enqueue(weights.slice(0, 1234)) }),
      );
    };
    children.push(start(["pull", "owner/name"], hub, cache));
    const stopped = await ending(children[0]);
    assertEquals([stopped.code, stopped.stdout, stopped.stderr], [130, "", ""]);
    const left = contents(cache).filter((path) => path.endsWith(".incomplete"));
    assertEquals(left.length, 1);
    hub.lie = () => undefined;
    hub.seen.length = 0;
    assertEquals((await ending(start(["pull", "owner/name"], hub, cache))).code, 0);
    assertEquals(hub.downloads("model.safetensors").at(-1)?.range, "bytes=1234-");
    assertEquals(contents(cache).filter((path) => /incomplete|wrong/.test(path)), []);
  });
});
