import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { type Cache, DynamicCache, LlamaForCausalLM, StaticCache, type Tensor } from "../../mod.ts";

const folder = fromFileUrl(new URL("../../../testdata/golden/cache", import.meta.url));
const IDS = [[1, 9, 4, 22, 7, 13], [1, 3, 3, 8, 30, 2]];

async function assertSame(got: Tensor, want: Tensor, what: string) {
  assertEquals(got.shape, want.shape, what);
  const [a, b] = [await got.data(), await want.data()];
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
  assert(worst <= 1e-5 * largest, `${what}: off by ${worst}`);
}

/** Runs a test with a model that is opened once for all its steps. */
async function withModel(run: (model: LlamaForCausalLM) => Promise<void>) {
  const model = await LlamaForCausalLM.fromPretrained(folder);
  try {
    await run(model);
  } finally {
    model.dispose();
  }
}

const part = (rows: number[][], from: number, to?: number) => rows.map((row) => row.slice(from, to));

Deno.test("caches: a sequence in parts equals the whole at once", async (test) => {
  await withModel(async (model) => {
    const whole = await model.forward({ inputIds: IDS, logitsToKeep: 1 });
    const caches: Record<string, () => Cache> = {
      dynamic: () => new DynamicCache(),
      static: () => new StaticCache({ config: model.config, maxCacheLen: 8 }),
    };
    for (const [name, make] of Object.entries(caches)) {
      await test.step(name, async () => {
        const cache = make();
        assertEquals([cache.getSeqLength(), cache.layers.length], [0, 0]);
        const first = await model.forward({ inputIds: part(IDS, 0, 4), pastKeyValues: cache });
        assertEquals(first.pastKeyValues, cache);
        assertEquals(cache.getSeqLength(), 4);
        await model.forward({
          inputIds: part(IDS, 4, 5),
          pastKeyValues: cache,
          attentionMask: [[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]],
        });
        const last = await model.forward({ inputIds: part(IDS, 5), pastKeyValues: cache });
        await assertSame(last.logits, whole.logits, "logits");
        assertEquals(cache.layers.length, model.config.numHiddenLayers);
        const length = name === "static" ? 8 : 6;
        const [, , got] = cache.layers[0].keys.shape;
        assertEquals(got, length);
        cache.reset();
        assertEquals(cache.getSeqLength(), 0);
        const again = await model.forward({ inputIds: IDS, pastKeyValues: cache, logitsToKeep: 1 });
        await assertSame(again.logits, whole.logits, "after reset");
        cache.dispose();
      });
    }

    await test.step("padding in a static cache", async () => {
      const attentionMask = [[0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]];
      const want = await model.forward({ inputIds: IDS, attentionMask, logitsToKeep: 1 });
      const cache = new StaticCache({ maxCacheLen: 9, maxBatchSize: 2 });
      await model.forward({
        inputIds: part(IDS, 0, 5),
        attentionMask: part(attentionMask, 0, 5),
        pastKeyValues: cache,
      });
      const got = await model.forward({
        inputIds: part(IDS, 5),
        attentionMask,
        pastKeyValues: cache,
        cachePosition: [5],
        outputAttentions: true,
      });
      await assertSame(got.logits, want.logits, "logits");
      assertEquals(got.attentions!.map(({ shape }) => shape.at(-1)), got.attentions!.map(() => 9));
      cache.dispose();
    });

    await test.step("crop, reorder, repeat", async () => {
      const cache = new DynamicCache();
      await model.forward({ inputIds: part(IDS, 0, 5), pastKeyValues: cache });
      await model.forward({ inputIds: [[5, 5, 5], [6, 6, 6]], pastKeyValues: cache });
      cache.crop(-3);
      assertEquals(cache.getSeqLength(), 5);
      cache.crop(100);
      assertEquals(cache.getSeqLength(), 5);
      cache.batchRepeatInterleave(2);
      cache.reorderCache([2, 0, 1, 3]);
      const swapped = [1, 0, 0, 1].map((row) => IDS[row]);
      const got = await model.forward({ inputIds: part(swapped, 5), pastKeyValues: cache });
      const want = await model.forward({ inputIds: swapped, logitsToKeep: 1 });
      await assertSame(got.logits, want.logits, "logits");
      cache.batchSelectIndices([1]);
      assertEquals(cache.layers[1].values.shape.slice(0, 3), [1, model.config.numKeyValueHeads, 6]);
      const alone = await model.forward({ inputIds: [IDS[0]] });
      await assertSame(cache.layers[1].values, alone.pastKeyValues!.layers[1].values, "values");
      assertThrows(() => cache.reorderCache([1]), Error, "sequence 1");
      cache.dispose();
    });

    await test.step("a long sequence grows", async () => {
      const ids = [Array.from({ length: 330 }, (_, i) => (i * 7) % 31)];
      const want = await model.forward({ inputIds: ids, logitsToKeep: [-1] });
      const cache = new DynamicCache();
      for (const [from, to] of [[0, 60], [60, 100], [100, 329], [329, 330]]) {
        await model.forward({ inputIds: part(ids, from, to), pastKeyValues: cache }).then(
          async ({ logits }) => {
            if (to === 330) await assertSame(logits, want.logits, "logits");
          },
        );
      }
      cache.dispose();
    });

    await test.step("errors", async () => {
      const cache = new StaticCache({ maxCacheLen: 4 });
      const inputIds = [[1, 2, 3]];
      await model.forward({ inputIds, pastKeyValues: cache });
      const refused = (inputs: Parameters<typeof model.forward>[0], message: string) =>
        assertRejects(() => model.forward(inputs), Error, message);
      await refused({ inputIds, pastKeyValues: cache }, "maxCacheLen is 4, 6 positions are needed");
      await refused({ inputIds: IDS, pastKeyValues: cache, cachePosition: [0, 1, 2, 3, 4, 5] }, "is 4, 6");
      await refused({ inputIds: [[1], [2]], pastKeyValues: cache }, "1 sequences, the inputs 2");
      await refused(
        { inputIds, pastKeyValues: new DynamicCache(), cachePosition: [3, 4, 5] },
        "cachePosition",
      );
      assertEquals(cache.getSeqLength(), 3);
      assertThrows(() => new StaticCache({ maxCacheLen: 0 }), Error, "maxCacheLen");
      assertThrows(() => new DynamicCache().crop(0.5), Error, "crop");
      const { layers } = cache;
      cache.dispose();
      assertEquals(cache.layers, []);
      await assertRejects(() => Promise.resolve().then(() => layers[0].keys.data()), Error);
    });
  });
});
