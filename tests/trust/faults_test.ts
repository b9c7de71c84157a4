/** The k-th call of files, network and device fails, for every k (here for some) until a run makes fewer. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { FakeIo, runMain } from "../support/cli.ts";
import { LlamaForCausalLM } from "../../src/generate/llama_for_causal_lm.ts";
import { COMMIT, contents, FakeHub, someBytes, withCache } from "../support/hub.ts";
import { pullModel } from "../../src/hub/pull.ts";
import { statOrNothing } from "../../src/checkpoint/files/files.ts";
import { LlamaError } from "../../src/base/errors.ts";
import {
  ALLOCATIONS,
  badShader,
  diskFault,
  type Fault,
  FILE_POINTS,
  GPU_CALLS,
  loseDevice,
  noRoom,
  type Point,
  sweep,
  withFault,
} from "./faults.ts";
import { inModelFolder } from "./row.ts";

const MODEL = fromFileUrl(new URL("../../testdata/golden/one_layer_one_head", import.meta.url));
const RECORDS = '{"prompt": [1, 2, 3]}\n{"prompt": [4], "max_new_tokens": 9}\n';

/** A run of two prompts; returns its output without the parts that vary. */
async function run(): Promise<{ code: number; lines: string[]; stderr: string }> {
  const args = ["run", "-m", MODEL, "--jsonl", "--json", "--greedy", "-n", "3", "--batch-size", "1"];
  const { code, stdout, stderr } = await runMain(args, new FakeIo([RECORDS]));
  assert(stdout === "" || stdout.endsWith("\n"), `whole lines: ${stdout}`);
  const lines = stdout.split("\n").filter((line) => line !== "").map((line) => {
    const { index, tokens, finish_reason } = JSON.parse(line);
    return JSON.stringify({ index, tokens, finish_reason });
  });
  return { code, lines, stderr };
}

/**
 * Sweeps a run: it ends with 4 and one line, or as if nothing had failed; it prints no wrong output before.
 */
async function sweepRun(
  points: readonly Point[],
  fault: Fault,
  message: RegExp,
  stride: number,
): Promise<void> {
  const clean = await run();
  assertEquals([clean.code, clean.lines.length], [0, 2], clean.stderr);
  let [failed, attempts] = [0, 0];
  await sweep(async (k) => {
    attempts++;
    const outcome = await withFault(points, k, fault, run);
    const { code, lines, stderr } = outcome.result;
    assertEquals(lines, clean.lines.slice(0, lines.length), `call ${k}`);
    if (code === 0) assertEquals([lines, stderr], [clean.lines, ""], `call ${k}`);
    else {
      failed++;
      assertEquals(code, 4, `call ${k}: ${stderr}`);
      assertMatch(stderr, /^llama: [^\n]+\n$/);
      assertMatch(stderr, message);
    }
    return outcome;
  }, stride);
  // Some calls may fail without harm: those of the caches.
  assert(failed > attempts * 0.4, `${failed} of ${attempts} attempts failed`);
}

Deno.test("run: each file call that the disk refuses", () =>
  sweepRun(FILE_POINTS, diskFault, /one_layer_one_head.*: Input\/output error/, 4));

Deno.test("run: each allocation for which the device has no room", () =>
  sweepRun(ALLOCATIONS, noRoom, /GPU out of memory: .+ needs \d+ bytes/, 11));

Deno.test("run: each kernel that the driver does not compile", () =>
  sweepRun([[GPUDevice.prototype, "createShaderModule"]], badShader, /GPU kernel [^:]+: /, 5));

Deno.test("run: the device is lost at each call", async () => {
  using lost = loseDevice();
  await sweepRun(GPU_CALLS, lost.fault, /GPU/, 37);
});

/** The files of a folder: name → content. */
function filesIn(folder: string): Map<string, string> {
  return new Map(
    [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map((
      { name },
    ) => [name, String(Deno.readFileSync(join(folder, name)))]),
  );
}

Deno.test("savePretrained over an older model: each file under its name is the old or the new one", async () => {
  const model = await LlamaForCausalLM.fromPretrained(MODEL);
  try {
    await inModelFolder({}, async (scratch) => {
      const options = { maxShardSize: 4000 };
      const save = (folder: string) => model.savePretrained(folder, options);
      await save(join(scratch, "new"));
      const [before, after] = [filesIn(scratch), filesIn(join(scratch, "new"))];
      let number = 0;
      await sweep(async (k) => {
        const folder = join(scratch, `${number++}`);
        await Deno.mkdir(folder);
        for (const [name] of before) await Deno.copyFile(join(scratch, name), join(folder, name));
        const outcome = await withFault(FILE_POINTS, k, diskFault, async () => {
          try {
            await save(folder);
          } catch (error) {
            assert(error instanceof LlamaError && error.exitCode === 4, String(error));
            return error;
          }
        });
        for (const [name, content] of filesIn(folder)) {
          // A file that could not be removed either keeps its hidden name.
          if (name.startsWith(".") && outcome.result) continue;
          assert([before.get(name), after.get(name)].includes(content), `call ${k}: ${name} is neither`);
        }
        if (outcome.calls < k) assertEquals(filesIn(folder), after);
        return outcome;
      }, 5);
    });
  } finally {
    model.dispose();
  }
});

const HUB_FILES = {
  "config.json": "{}",
  "tokenizer.json": '{"a": 1}',
  "model.safetensors": someBytes(200_000),
};
const SNAPSHOT = `models--owner--name/snapshots/${COMMIT}`;

/** Asserts that every file under a final name is complete. */
async function assertWhole(cache: string): Promise<void> {
  if (!await statOrNothing(join(cache, SNAPSHOT))) return;
  for (const path of contents(cache)) {
    const name = path.split(" → ")[0];
    if (!name.startsWith("snapshots/") || /\.tmp$/.test(name)) continue;
    const file = name.slice(`snapshots/${COMMIT}/`.length);
    const content = await Deno.readFile(join(cache, SNAPSHOT, file));
    const wanted = HUB_FILES[file as keyof typeof HUB_FILES];
    assertEquals(content, typeof wanted === "string" ? new TextEncoder().encode(wanted) : wanted, file);
  }
}

for (
  const [what, points, fault, onwards] of [
    ["each file call that the disk refuses", FILE_POINTS, diskFault, false],
    ["each request that fails", [[globalThis, "fetch"]], () => Promise.reject(new TypeError("cut")), false],
    [
      "a network that is gone from some request on",
      [[globalThis, "fetch"]],
      () => Promise.reject(new TypeError("cut")),
      true,
    ],
  ] as const
) {
  Deno.test(`pull: ${what}`, async () => {
    await using hub = new FakeHub(HUB_FILES);
    let failed = 0;
    await sweep(async (k) => {
      let calls = 0;
      await withCache(async (cache) => {
        const pull = () => pullModel("owner/name", { settings: hub.settings() });
        const outcome = await withFault(points, k, fault, () => pull().catch((error) => error), { onwards });
        calls = outcome.calls;
        if (outcome.result instanceof Error) {
          failed++;
          assert(
            outcome.result instanceof LlamaError && outcome.result.exitCode === 4,
            String(outcome.result),
          );
        }
        await assertWhole(cache);
        // The next attempt uses what is left.
        assertEquals(await pull(), join(cache, SNAPSHOT));
        await assertWhole(cache);
      });
      return { calls };
    }, 5);
    // A single failed request is retried.
    assertEquals(failed > 0, points === FILE_POINTS || onwards);
  });
}
