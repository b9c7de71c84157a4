import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { linearVariants, tuningOf } from "../../ops/tuning.ts";
import { modelForAll } from "../../../tests/support/generate.ts";
import { recallTuning, tune, type TuneOptions } from "./tune.ts";
import { readTuning, TUNING_VERSION, tuningFile, writeTuning } from "./tuning_file.ts";

const { gpu, model } = await modelForAll("generate");
const ADAPTER = { vendor: "v", architecture: "a", device: "d", description: "driver 1" };
const CHOICE = new Map([["64 × 32", { rows: 2, threads: 128 }]]);

/** Tunes as on a GPU, with a clock that each timing advances: the last variant is always the fastest. */
async function tuneBy(ms: number, options: TuneOptions = {}) {
  tuningOf(gpu).clear();
  await recallTuning(gpu, options.file);
  let [clock, timed, last] = [0, 0, 100];
  const rows = await tune(model, {
    again: true,
    now: () => clock,
    time: () => {
      clock += ms;
      timed++;
      return Promise.resolve(last /= 2);
    },
    ...options,
  });
  return { rows, timed, chosen: new Map(tuningOf(gpu)) };
}

async function withFile(run: (file: string, folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await run(join(folder, "llama", "tuning.json"), folder);
  } finally {
    await Deno.chmod(folder, 0o700);
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("tune: each shape is timed once, the fastest variant is chosen", async () => {
  const { rows, timed, chosen } = await tuneBy(1);
  assertEquals(chosen.size, rows.length);
  assertEquals(timed, rows.reduce((sum, { variants }) => sum + 3 * variants.length, 0), "three rounds");
  for (const { matrix, variants, chosen: choice } of rows) {
    const { rows, threads } = variants.at(-1)!;
    assertEquals(choice, { rows, threads });
    assertEquals(chosen.get(matrix), choice);
  }
  const before = gpu.allocatedBytes;
  await tuneBy(1);
  assertEquals(gpu.allocatedBytes, before, "everything is freed");
});

Deno.test("tune: a variant that is hardly faster is not chosen", async () => {
  let ms = 100;
  const tuned = await tuneBy(1, { time: () => Promise.resolve(ms -= 0.1) });
  for (const { variants: [{ rows, threads }], chosen } of tuned.rows) assertEquals(chosen, { rows, threads });
});

Deno.test("tune: a start ends with its budget after the first shape, and the next one goes on; only what was timed is stored", () =>
  withFile(async (file) => {
    const all = (await tuneBy(1)).chosen;
    const known: string[] = [];
    for (let start = 1; start <= 3; start++) {
      const { rows, timed, chosen } = await tuneBy(400, { budgetMs: 2000, file, again: start === 1 });
      assertEquals([rows.length, timed], [1, 3 * rows[0].variants.length], `start ${start}`);
      known.push(rows[0].matrix);
      assertEquals([...chosen.keys()].sort(), known.toSorted());
      assertEquals(await readTuning(file, gpu.info), chosen);
      Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: false }, configurable: true });
    }
    Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: true }, configurable: true });
    assertEquals(new Set(known).size, 3);
    assert(all.size > 3);
  }));

Deno.test("tune: variants take turns, several sequences are tuned too", async () => {
  const plans: unknown[] = [];
  const { rows } = await tuneBy(1, { time: (plan) => Promise.resolve(plans.push(plan)) });
  const count = rows[0].variants.length;
  assertEquals(plans.slice(0, count), plans.slice(count, 2 * count));
  assert(new Set(plans.slice(0, count)).size === count);
  for (const columns of ["1 at once", "2 at once", "4 at once", "8 at once", "prompt"]) {
    assert(rows.some(({ matrix }) => matrix.endsWith(columns)), columns);
  }
});

Deno.test("tune: choices are read from the file, and only missing ones are timed", () =>
  withFile(async (file) => {
    const { chosen } = await tuneBy(1, { file });
    const software = Object.getOwnPropertyDescriptor(gpu, "traits")!;
    try {
      const again = await tuneBy(1, { file, again: false });
      assertEquals([again.timed, again.chosen], [0, chosen], "a software driver is not tuned unasked");
      Object.defineProperty(gpu, "traits", { ...software, value: { ...gpu.traits, software: false } });
      assertEquals((await tuneBy(1, { file, again: false })).timed, 0);
      const [gone] = chosen.keys();
      await Deno.remove(file);
      await writeTuning(file, gpu.info, new Map([...chosen].filter(([key]) => key !== gone)));
      const rest = await tuneBy(1, { file, again: false });
      assertEquals(rest.rows.map(({ matrix }) => matrix), [gone]);
      assertEquals([...await readTuning(file, gpu.info)].sort(), [...rest.chosen].sort());
    } finally {
      Object.defineProperty(gpu, "traits", software);
      tuningOf(gpu).clear();
    }
  }));

Deno.test("tune: real timings on this device, within a budget", async () => {
  tuningOf(gpu).clear();
  const [{ variants }, ...others] = await tune(model, { again: true, budgetMs: 1 });
  const [{ weight }] = model.weights.layers.map(({ selfAttn }) => selfAttn.qkvProj);
  assertEquals(variants.length, linearVariants(gpu.traits, weight).length);
  assert(variants.every(({ ms }) => ms > 0) && others.length === 0);
  tuningOf(gpu).clear();
});

Deno.test("tuning.json: another driver, device or version has its own choices", () =>
  withFile(async (file) => {
    assertEquals((await readTuning(file, ADAPTER)).size, 0, "no file");
    await writeTuning(file, ADAPTER, CHOICE);
    const other = { ...ADAPTER, description: "driver 2" };
    await writeTuning(file, other, new Map([["x", { rows: 4, threads: 64 }]]));
    assertEquals(await readTuning(file, ADAPTER), CHOICE);
    assertEquals([...(await readTuning(file, other)).keys()], ["x"]);
    for (const key of ["vendor", "architecture", "device", "description"]) {
      assertEquals((await readTuning(file, { ...ADAPTER, [key]: "other" })).size, 0, key);
    }
    const text = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, text.replace(`"${TUNING_VERSION}"`, '"0.0.1"'));
    assertEquals((await readTuning(file, ADAPTER)).size, 0, "an older version's");
    await writeTuning(file, ADAPTER, CHOICE);
    assertEquals((await readTuning(file, other)).size, 0, "rewritten");
  }));

Deno.test("tuning.json: a broken file is ignored and rewritten", () =>
  withFile(async (file) => {
    await writeTuning(file, ADAPTER, CHOICE);
    const good = await Deno.readTextFile(file);
    const odd = (value: string) => good.replace(/\{\s*"rows": 2,\s*"threads": 128\s*\}/, value);
    for (
      const text of [
        "",
        "{",
        "[]",
        "null",
        "{}",
        good.slice(0, -9),
        odd("null"),
        odd('{"rows":"2"}'),
        odd("[]"),
      ]
    ) {
      assert(text !== good);
      await Deno.writeTextFile(file, text);
      assertEquals((await readTuning(file, ADAPTER)).size, 0, text);
      await writeTuning(file, ADAPTER, CHOICE);
      assertEquals(await readTuning(file, ADAPTER), CHOICE, text);
    }
    await Deno.remove(file);
    await Deno.mkdir(file);
    assertEquals((await readTuning(file, ADAPTER)).size, 0, "a folder");
    await writeTuning(file, ADAPTER, CHOICE);
  }));

Deno.test("tuning.json: writes are atomic, leftovers are removed, a missing folder is not an error", () =>
  withFile(async (file, folder) => {
    await writeTuning(undefined, ADAPTER, CHOICE);
    await writeTuning(join("/proc", "llama", "tuning.json"), ADAPTER, CHOICE);
    await Deno.mkdir(join(folder, "llama"));
    await Deno.writeTextFile(`${file}.new`, "{");
    await writeTuning(file, ADAPTER, CHOICE);
    assertEquals((await readTuning(file, ADAPTER)).size, 0, "another process is at it");
    await Deno.utime(`${file}.new`, 1, 1);
    await writeTuning(file, ADAPTER, CHOICE);
    assertEquals(await readTuning(file, ADAPTER), CHOICE);
    assertEquals([...Deno.readDirSync(join(folder, "llama"))].map(({ name }) => name), ["tuning.json"]);
  }));

Deno.test("tuning.json is in the cache folder of the launcher", () => {
  const rows: [Record<string, string>, string | undefined][] = [
    [{ XDG_CACHE_HOME: "/c", HOME: "/h" }, "/c/llama/tuning.json"],
    [{ XDG_CACHE_HOME: "c", HOME: "/h" }, "/h/.cache/llama/tuning.json"],
    [{ XDG_CACHE_HOME: "", HOME: "/h" }, "/h/.cache/llama/tuning.json"],
    [{ USERPROFILE: "/u" }, "/u/.cache/llama/tuning.json"],
    [{}, undefined],
  ];
  for (const [env, file] of rows) assertEquals(tuningFile((name) => env[name]), file);
});
