/**
 * The k-th file call fails while a model is quantized or a prompt is cached: no incomplete file has its final
 * name.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { runMain } from "../support/cli.ts";
import { LlamaError } from "../../src/base/errors.ts";
import { cachedPrompt, readCached, writeCached } from "./cached_prompt.ts";
import { diskFault, FILE_POINTS, sweep, withFault } from "./faults.ts";
import { inModelFolder } from "./row.ts";

const MODEL = fromFileUrl(new URL("../../testdata/default-model", import.meta.url));

/** Sweeps a command; `look` checks that the output is unchanged, or that of a clean run. */
async function sweepCommand(
  args: (k: number) => string[],
  look: (k: number, done: boolean) => Promise<void>,
  stride: number,
): Promise<void> {
  let failed = 0;
  await sweep(async (k) => {
    const outcome = await withFault(FILE_POINTS, k, diskFault, () => runMain(args(k)));
    const { code, stderr } = outcome.result;
    if (code !== 0) {
      failed++;
      assertEquals(code, 4, `call ${k}: ${stderr}`);
      assertMatch(stderr, /^llama: [^\n]+\n$/);
    }
    await look(k, code === 0);
    return outcome;
  }, stride);
  assert(failed > 2);
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return String(await Deno.readFile(path));
  } catch {
    return undefined;
  }
}

Deno.test("quantize: each file call that the disk refuses leaves no model, or a whole one", () =>
  inModelFolder({}, async (folder) => {
    const args = (out: string) => ["quantize", MODEL, join(folder, out), "--group-size", "64", "-q"];
    assertEquals((await runMain(args("clean"))).code, 0);
    const weights = await contentOf(join(folder, "clean", "model.safetensors"));
    await sweepCommand((k) => args(`out${k}`), async (k, done) => {
      const out = join(folder, `out${k}`);
      const found = await contentOf(join(out, "model.safetensors"));
      assert(found === weights || !done && found === undefined, `call ${k}`);
      await Deno.remove(out, { recursive: true }).catch(() => {});
    }, 23);
  }));

Deno.test("prompt cache: each file call that the disk refuses leaves the old file or the new one", () =>
  inModelFolder({}, async (folder) => {
    const file = join(folder, "prompt.safetensors");
    const args = (
      text: string,
    ) => ["run", "-m", MODEL, "--prompt-cache", file, "--greedy", "-n", "1", "-q", text];
    const make = async (text: string) => {
      assertEquals((await runMain(args(text))).code, 0);
      return (await contentOf(file))!;
    };
    const [old, fresh] = [await make("The sea"), await make("Plants need water")];
    await sweepCommand(() => args("Plants need water"), async (k, done) => {
      const found = await contentOf(file);
      assert(found === fresh || !done && found === old, `call ${k}`);
      await Deno.remove(file);
      await make("The sea");
    }, 31);
  }));

Deno.test("prompt cache, its file alone: each call that the disk refuses while it is read and written", () =>
  inModelFolder({}, async (folder) => {
    const path = join(folder, "prompt.safetensors");
    const [old, fresh] = [cachedPrompt(0, 5), cachedPrompt(1, 9)];
    await writeCached(path, fresh);
    const after = await readCached(path);
    await writeCached(path, old);
    const before = await readCached(path);
    let failed = 0;
    const calls = await sweep(async (k) => {
      const outcome = await withFault(FILE_POINTS, k, diskFault, async () => {
        try {
          // The file holds all of the old prompt, whatever happens to the new one.
          assertEquals(await readCached(path), before, `call ${k}`);
          await writeCached(path, fresh);
        } catch (error) {
          if (!(error instanceof LlamaError)) throw error;
          assertEquals(error.exitCode, 4);
          assertMatch(error.message, /^[^\n]*prompt\.safetensors: [^\n]+$/);
          failed++;
          return error;
        }
      });
      assertEquals(await readCached(path), outcome.result ? before : after, `call ${k}`);
      await writeCached(path, old);
      return outcome;
    });
    assert(calls > 25 && failed > calls * 0.9, `${failed} of ${calls} calls failed`);
  }));
