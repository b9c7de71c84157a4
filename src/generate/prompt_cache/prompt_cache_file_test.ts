/** Prompt rows in files: reading returns what was written, and invalid files are rejected. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { safetensorsFile } from "../../checkpoint/safetensors/write.ts";
import { writeFilesAtomically } from "../../checkpoint/files/atomic_files.ts";
import { DataError, EnvironmentError } from "../../base/errors.ts";
import { kvShape } from "../../model/kv/workspace.ts";
import { KV_DTYPES, type KvDtype } from "../../ops/kv_layer.ts";
import type { Engine } from "../engine/engine.ts";
import { openPromptCacheFile, type PromptCacheOwner, writePromptCacheFile } from "./prompt_cache_file.ts";
import {
  collect,
  modelForAll,
  prompt,
  request,
  runEngine,
  withKvCache,
} from "../../../tests/support/generate.ts";

const { model } = await modelForAll("generate");
const owner: PromptCacheOwner = {
  model: "ab".repeat(32),
  dtype: "bfloat16",
  shape: kvShape(model.config, model.kvDtype),
  vocabSize: model.config.vocabSize,
};
const folder = await Deno.makeTempDir();
Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

const ownerOf = (dtype: KvDtype): PromptCacheOwner => ({ ...owner, shape: { ...owner.shape, dtype } });

const withEngine = <T>(run: (engine: Engine) => Promise<T>, dtype = model.kvDtype) =>
  runEngine({ model: withKvCache(model, dtype), maxLength: 512, batchSize: 2 }, run);

const ids = prompt(3, 40);
/** Logprobs of the whole vocabulary reveal a single differing bit. */
const watched = { maxNewTokens: 6, logprobs: 61 };

/** Writes the rows of the prompt; returns the path. */
async function stored(name: string, dtype = model.kvDtype): Promise<string> {
  const path = `${folder}/${name}`;
  await withEngine(async (engine) => {
    await collect(engine, [request(ids, { maxNewTokens: 20 })]);
    await writePromptCacheFile(path, ownerOf(dtype), engine.find(ids)!);
  }, dtype);
  return path;
}

Deno.test("prompt cache: another engine continues from the file, bit-identical", async (test) => {
  for (const dtype of KV_DTYPES) await test.step(dtype, () => continues(dtype));
});

async function continues(dtype: KvDtype): Promise<void> {
  const path = await stored("whole", dtype);
  const longer = [...ids, ...prompt(4, 9)];
  const forked = [...ids.slice(0, 25), ...prompt(5, 5)];
  const rows = [[ids, 40, 1], [longer, 40, 9], [forked, 25, 5]] as const;
  for (const [next, shared, ran] of rows) {
    const [fresh] = await withEngine((engine) => collect(engine, [request([...next], watched)]), dtype);
    await withEngine(async (engine) => {
      const file = (await openPromptCacheFile(path, ownerOf(dtype)))!;
      assertEquals(file.ids, ids);
      await engine.restore(file.first(shared), next.length + 5);
      file.close();
      assertEquals(await collect(engine, [request([...next], watched)]), [fresh]);
      assertEquals(engine.decoder!.promptRows, ran);
      // The longer prompt is now in the cache and can be written.
      assertEquals(engine.find(next)!.ids, next);
    }, dtype);
  }
}

Deno.test("prompt cache: a cache that must grow for several requests keeps restored rows", async () => {
  const path = await stored("grown");
  await withEngine(async (engine) => {
    const file = (await openPromptCacheFile(path, owner))!;
    await engine.restore(file, 44);
    file.close();
    const twice = [request([...ids, 5], watched), request([...ids, 5], watched)];
    const made = await collect(engine, twice);
    assertEquals(made[0], made[1]);
    // The second request copies the rows of the first.
    assertEquals(engine.decoder!.promptRows, 2);
  });
});

Deno.test("prompt cache: a missing file gives undefined; another model, dtype or shape is rejected", async () => {
  const path = await stored("refused");
  assertEquals(await openPromptCacheFile(`${folder}/none`, owner), undefined);
  const refused: [Partial<PromptCacheOwner>, string][] = [
    [{ model: "cd".repeat(32) }, "made with another model"],
    [{ dtype: "float32" }, "weights in bfloat16, now they are in float32"],
    [{ shape: { ...owner.shape, kvHeads: owner.shape.kvHeads + 1 } }, "tensor layers.0.keys: expected F32"],
    [{ shape: { ...owner.shape, layers: owner.shape.layers + 1 } }, `.keys: expected F32`],
    [{ shape: { ...owner.shape, dtype: "int8" } }, "made with --kv-cache float32, now it is int8"],
    [{ vocabSize: 3 }, "ids: expected ids below 3"],
  ];
  for (const [change, message] of refused) {
    await assertRejects(() => openPromptCacheFile(path, { ...owner, ...change }), DataError, message);
  }
});

Deno.test("prompt cache: a broken file is reported, wherever it is broken", async () => {
  const path = await stored("good");
  const bytes = await Deno.readFile(path);
  const broken = async (change: (copy: Uint8Array) => Uint8Array, message: string) => {
    const file = `${folder}/broken`;
    await Deno.writeFile(file, change(bytes.slice()));
    await assertRejects(
      async () => {
        const opened = await openPromptCacheFile(file, owner);
        try {
          await withEngine((engine) => engine.restore(opened!, 50));
        } finally {
          opened?.close();
        }
      },
      DataError,
      message,
    );
  };
  for (const length of [0, 5, 100, bytes.length - 1]) {
    await broken((copy) => copy.subarray(0, length), "broken");
  }
  await broken((copy) => new TextEncoder().encode("{".repeat(copy.length)), "broken");
  await broken((copy) => {
    new Float32Array(copy.buffer, copy.length - 12, 1)[0] = NaN;
    return copy;
  }, "expected finite numbers");
  const other = `${folder}/other`;
  await writeFilesAtomically([safetensorsFile(other, [], { format: "pt" })]);
  await assertRejects(
    () => openPromptCacheFile(other, owner),
    DataError,
    'format: expected "llama prompt cache 2"',
  );
  await assertRejects(() => openPromptCacheFile(folder, owner), DataError, "got a folder");
});

Deno.test("prompt cache: a failed write leaves the old file and nothing else", async () => {
  const path = await stored("kept");
  const before = await Deno.readFile(path);
  const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const there = names();
  const full = {
    ids,
    regime: 0,
    read: () => Promise.reject(new EnvironmentError("No space left on device")),
  };
  await assertRejects(() => writePromptCacheFile(path, owner, full), EnvironmentError, "No space left");
  assertEquals(await Deno.readFile(path), before);
  assertEquals(names(), there);
  await assertRejects(() => writePromptCacheFile(`${folder}/no/where`, owner, full), EnvironmentError);
  assert(before.length > 1000);
});
