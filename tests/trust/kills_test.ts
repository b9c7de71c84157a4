/**
 * Writing processes are killed at any moment: a file under a final name is the old file or the new one. A few
 * kills each here; fifty each with `LLAMA_TEST_LONG=1`.
 */
import { assert, assertEquals, equal } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { runMain } from "../support/cli.ts";
import { COMMIT, FakeHub, someBytes, withCache } from "../support/hub.ts";
import { pullModel } from "../../src/hub/pull.ts";
import { cachedPrompt, readCached, writeCached } from "./cached_prompt.ts";
import { Random } from "../../src/base/random.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const GOLDEN = join(ROOT, "testdata/golden/gqa_bf16");
const DEFAULT_MODEL = join(ROOT, "testdata/default-model");
const KILLS = Deno.env.get("LLAMA_TEST_LONG") ? 50 : 3;

function start(args: readonly string[], env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-check", "--frozen", "-A", ...args],
    cwd: ROOT,
    env: { NO_PROXY: "127.0.0.1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** Kills it that long after its first output, or after its start. */
async function killAfter(child: Deno.ChildProcess, milliseconds: number, speaks: boolean): Promise<void> {
  const reader = child.stdout.getReader();
  if (speaks) await reader.read();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  try {
    child.kill("SIGKILL");
  } catch {
    // It ended first.
  }
  await reader.cancel();
  await child.status;
}

async function inScratch(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "llama-kill-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The files of a folder that are not hidden: name → content. */
function visible(folder: string): Record<string, string> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => !name.startsWith("."));
  return Object.fromEntries(
    names.sort().map((name) => [name, String(Deno.readFileSync(join(folder, name)))]),
  );
}

Deno.test("savePretrained, killed: each file is one of the two that were written in turns", () =>
  inScratch(async (scratch) => {
    const random = new Random(1);
    const { LlamaForCausalLM } = await import("../../src/generate/llama_for_causal_lm.ts");
    const model = await LlamaForCausalLM.fromPretrained(GOLDEN);
    for (const dtype of ["float32", "bfloat16"] as const) {
      await model.savePretrained(join(scratch, dtype), { dtype });
    }
    model.dispose();
    const whole = [visible(join(scratch, "float32")), visible(join(scratch, "bfloat16"))];
    const folder = join(scratch, "out");
    for (let kill = 0; kill < KILLS; kill++) {
      await killAfter(start(["tests/trust/save_again.ts", GOLDEN, folder]), random.below(60), true);
      const found = visible(folder);
      assertEquals(Object.keys(found), Object.keys(whole[0]));
      for (const [name, content] of Object.entries(found)) {
        assert(whole.some((one) => one[name] === content), `${name} is neither`);
      }
    }
  }));

Deno.test("prompt cache, killed: the file is one of the two that were written in turns, and is read", () =>
  inScratch(async (scratch) => {
    const random = new Random(4);
    const tokens = 2000;
    const whole: Uint8Array[] = [];
    for (const which of [0, 1]) {
      await writeCached(join(scratch, "clean"), cachedPrompt(which, tokens));
      whole.push(await Deno.readFile(join(scratch, "clean")));
    }
    const path = join(scratch, "prompt.safetensors");
    for (let kill = 0; kill < KILLS; kill++) {
      const args = ["tests/trust/cached_prompt.ts", path, String(tokens)];
      await killAfter(start(args), random.below(60), true);
      const found = await Deno.readFile(path);
      assert(whole.some((one) => equal(one, found)), `${found.length} bytes that are neither`);
      assertEquals((await readCached(path))?.ids.length, tokens);
    }
  }));

Deno.test("quantize, killed: there is no model, or a whole one", () =>
  inScratch(async (scratch) => {
    const random = new Random(2);
    const args = (out: string) => ["quantize", DEFAULT_MODEL, out, "--group-size", "64", "--quiet"];
    const clean = join(scratch, "clean");
    assertEquals((await runMain(args(clean))).code, 0);
    const whole = visible(clean);
    for (let kill = 0; kill < KILLS; kill++) {
      const out = join(scratch, `out${kill}`);
      await killAfter(start(["main.ts", ...args(out)]), 100 + random.below(900), false);
      const there = await Deno.stat(out).then(() => true, () => false);
      if (there) assertEquals(visible(out), whole);
      // The leftovers do not block the next run.
      else if (kill === 0) assertEquals((await runMain(args(out))).code, 0);
    }
  }));

Deno.test("pull, killed: what has its final name is whole, and the next pull goes on", async () => {
  const random = new Random(3);
  const weights = someBytes(300_000);
  const files = { "config.json": "{}", "tokenizer.json": '{"a": 1}', "model.safetensors": weights };
  await using hub = new FakeHub(files);
  hub.lie = ({ host, range }) => {
    if (host !== "storage") return;
    // In small pieces, so that the kill hits a running download.
    let at = Number(range?.match(/\d+/)?.[0] ?? 0);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (at >= weights.length) return controller.close();
        controller.enqueue(weights.slice(at, at += 10_000));
        await new Promise((resolve) => setTimeout(resolve, 10));
      },
    });
    const headers: Record<string, string> = range === null ? {} : {
      "content-range": `bytes ${at}-${weights.length - 1}/${weights.length}`,
    };
    return new Response(body, { status: range === null ? 200 : 206, headers });
  };
  for (let kill = 0; kill < KILLS; kill++) {
    await withCache(async (cache) => {
      const env = { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cache };
      await killAfter(start(["main.ts", "pull", "owner/name"], env), 150 + random.below(700), false);
      const snapshot = join(cache, "models--owner--name/snapshots", COMMIT);
      const assertFiles = (all: boolean) => {
        for (const [name, content] of Object.entries(files)) {
          let found: Uint8Array;
          try {
            found = Deno.readFileSync(join(snapshot, name));
          } catch (error) {
            assert(!all && error instanceof Deno.errors.NotFound, String(error));
            continue;
          }
          assertEquals(
            found,
            typeof content === "string" ? new TextEncoder().encode(content) : content,
            name,
          );
        }
      };
      assertFiles(false);
      await pullModel("owner/name", { settings: hub.settings() });
      assertFiles(true);
    });
  }
});
