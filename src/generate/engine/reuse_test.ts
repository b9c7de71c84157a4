/** Prompts that share a prefix with earlier ones: the same tokens as a fresh run, from fewer rows. */
import { numbered } from "./method.ts";
import { assert, assertEquals } from "@std/assert";
import { Int4WeightOnlyConfig } from "../../checkpoint/int4/int4_weight_only_config.ts";
import { defaultModelFolder } from "../../checkpoint/files/locate.ts";
import { type LoadedModel, openModel } from "../../model/weights/load.ts";
import { causalHead } from "../../model/weights/weights.ts";
import { Engine } from "./engine.ts";
import type { Reuse } from "../decode/slot_contents.ts";
import {
  collect,
  goldenModel,
  type Made,
  modelForAll,
  prompt,
  request,
} from "../../../tests/support/generate.ts";
import type { GenerationRequest } from "../options/types.ts";

const { gpu, model } = await modelForAll("generate");

interface Settings {
  reuse?: Reuse;
  batchSize?: number;
  maxLength?: number;
  on?: LoadedModel;
}

async function withEngine<T>(settings: Settings, run: (engine: Engine) => Promise<T>): Promise<T> {
  const { on = model, ...options } = settings;
  const engine = new Engine(on, { maxLength: 512, batchSize: 1, ...options });
  try {
    return await run(engine);
  } finally {
    engine.dispose();
  }
}

/** The result of a request on a fresh engine, with all logits of its first token. */
function fresh(one: GenerationRequest, on = model): Promise<Made> {
  return withEngine({ reuse: "none", on }, async (engine) => (await collect(engine, [one]))[0]);
}

/** Runs a request; also returns the number of prompt rows it ran. */
async function counted(engine: Engine, one: GenerationRequest): Promise<[Made, number]> {
  const before = engine.decoder?.promptRows ?? 0;
  const [made] = await collect(engine, [one]);
  return [made, engine.decoder!.promptRows - before];
}

/** Logprobs of the whole vocabulary reveal a single differing bit. */
const watched = { maxNewTokens: 8, logprobs: 61 };
const long = prompt(3, 150);

Deno.test("reuse: a longer prompt, a shorter one, another end, the same again: equal to the last bit", async () => {
  await withEngine({}, async (engine) => {
    await collect(engine, [request(long, { maxNewTokens: 200 })]);
    const cases: [number[], number][] = [
      [[...long, ...prompt(5, 20)], 20],
      [long.slice(0, 140), 1],
      [[...long.slice(0, 100), ...prompt(6, 30)], 30],
      [[...long.slice(0, 100), ...prompt(6, 30)], 1],
      [prompt(8, 40), 40],
      [long, 150],
    ];
    for (const [ids, rows] of cases) {
      const [made, ran] = await counted(engine, request(ids, watched));
      assertEquals(ran, rows, `rows of ${ids.length} tokens`);
      assertEquals(made, await fresh(request(ids, watched)), `${ids.length} tokens`);
    }
  });
});

Deno.test("reuse: to the last bit with a cache in textures and int4 weights too", async () => {
  for (const quantizationConfig of [undefined, new Int4WeightOnlyConfig({ groupSize: 32 })]) {
    const own = await openModel(
      defaultModelFolder(),
      causalHead,
      { gpu, quantizationConfig },
    );
    try {
      const ids = Array.from({ length: 150 }, (_, i) => 3 + (i * i * 31 + i * 7) % 1000);
      await withEngine({ on: own }, async (engine) => {
        await collect(engine, [request(ids.slice(0, 140), { maxNewTokens: 10 })]);
        for (const [next, rows] of [[ids, 10], [ids.slice(0, 131), 1]] as const) {
          const one = request([...next], { maxNewTokens: 2, logprobs: 50 });
          const [made, ran] = await counted(engine, one);
          assertEquals(ran, rows);
          assertEquals(made, await fresh(one, own), `${next.length} tokens`);
        }
      });
    } finally {
      own.dispose();
    }
  }
});

Deno.test("reuse: generated tokens are reused if all rows may serve; their rows are correct", async () => {
  await withEngine({ reuse: "all" }, async (engine) => {
    const [{ tokens }] = await collect(engine, [request(long, { maxNewTokens: 40 })]);
    const next = request([...long, ...tokens, ...prompt(4, 10)], watched);
    const [made, ran] = await counted(engine, next);
    // The last token had not been fed back.
    assertEquals(ran, 11);
    const want = await fresh(next);
    assertEquals(made.tokens, want.tokens);
    for (const [step, { top }] of made.logprobs.entries()) {
      const expected = new Map(want.logprobs[step].top);
      for (const [id, logprob] of top) assert(Math.abs(logprob - expected.get(id)!) < 1e-4, `step ${step}`);
    }
  });
});

Deno.test("reuse: an end token, a cancel, an overshoot and an abort leave nothing stale", async () => {
  for (const reuse of ["prompt", "all"] as const) {
    await withEngine({ reuse }, async (engine) => {
      const free = await fresh(request(long, { maxNewTokens: 60 }));
      const stopped = request(long, { maxNewTokens: 60, eosTokenIds: [free.tokens[20]] });
      const [{ tokens }] = await collect(engine, [stopped]);
      const check = async (ids: number[], what: string) => {
        const one = request(ids, { maxNewTokens: 30 });
        assertEquals(
          (await collect(engine, [one]))[0].tokens,
          (await fresh(one)).tokens,
          `${reuse}: ${what}`,
        );
      };
      // After the end token, the device continued with other tokens than these.
      await check([...long, ...tokens, ...prompt(7, 12)], "after an end token");
      await collect(engine, [request(long, { maxNewTokens: 300 })], () => engine.cancel(0));
      await check([...long, ...free.tokens.slice(0, 30), ...prompt(9, 9)], "after a cancel");
      const controller = new AbortController();
      const other = prompt(11, 400);
      const aborted = (async () => {
        setTimeout(() => controller.abort(), 1);
        for await (
          const _ of engine.generate(numbered([request(other, { maxNewTokens: 99 })]), controller.signal)
        );
      })();
      await aborted.then(() => {}, () => {});
      await check([...other, 5], "after an abort");
    });
  }
});

Deno.test("reuse: idle slots next to a running one keep their rows", async () => {
  await withEngine({ batchSize: 3 }, async (engine) => {
    const requests = [0, 1, 2].map((i) => request(prompt(20 + i, 60), { maxNewTokens: 4 + 30 * i }));
    await collect(engine, requests);
    // The third runs alone for long; then each is repeated and finds its own slot.
    for (const [i, { ids }] of requests.entries()) {
      const one = request([...ids, 7, 8], watched);
      const [made, ran] = await counted(engine, one);
      assertEquals(ran, 2, `prompt ${i}`);
      assertEquals(made, await fresh(one), `prompt ${i}`);
    }
  });
});

Deno.test("reuse: a full cache, and one that grows", async () => {
  await withEngine({ reuse: "all", maxLength: 300 }, async (engine) => {
    const ids = prompt(2, 100);
    const [{ tokens }] = await collect(engine, [request(ids, { maxNewTokens: 100 })]);
    const { decoder } = engine;
    const grown = request([...ids, ...tokens, ...prompt(3, 10)], { maxNewTokens: 90 });
    const [made] = await collect(engine, [grown]);
    assert(engine.decoder !== decoder, "a larger one");
    assertEquals(engine.decoder!.promptRows, 11, "the content went along");
    assertEquals(made.tokens, (await fresh(grown)).tokens);
    // As long as the context: the device writes surplus tokens to the last position.
    const full = request([...grown.ids, ...made.tokens.slice(0, 80)], { maxNewTokens: 10 });
    const [last] = await collect(engine, [full]);
    assertEquals(last.tokens.length, 10);
    const again = request([...full.ids, ...last.tokens.slice(0, 9)], { maxNewTokens: 1 });
    assertEquals((await collect(engine, [again]))[0].tokens, [last.tokens[9]]);
  });
});

Deno.test("reuse: an idle slot keeps its rows when the cache grows", async () => {
  await withEngine({ reuse: "all", batchSize: 2 }, async (engine) => {
    const [first, second] = [30, 31].map((seed) => prompt(seed, 60));
    await collect(engine, [first, second].map((ids) => request(ids, { maxNewTokens: 4 })));
    const { decoder } = engine;
    // It takes the second slot; the first one runs too.
    await collect(engine, [request([...second, ...prompt(6, 180)], { maxNewTokens: 40 })]);
    assert(engine.decoder !== decoder, "a larger one");
    assertEquals(engine.decoder!.promptRows, 180, "the content went along");
    const one = request([...first, 7, 8], watched);
    const [made, rows] = await counted(engine, one);
    assertEquals(rows, 2);
    assertEquals(made, await fresh(one));
  });
});

Deno.test("reuse: none if the length changes the rotary frequencies", async () => {
  const dynamic = await goldenModel(gpu, "rope_dynamic_generate");
  const most = dynamic.config.maxPositionEmbeddings;
  try {
    await withEngine({ reuse: "all", on: dynamic, maxLength: 40 }, async (engine) => {
      const ids = Array.from({ length: most - 6 }, (_, i) => (i * i * 7 + i) % dynamic.config.vocabSize);
      const [{ tokens }] = await collect(engine, [request(ids, { maxNewTokens: 12 })]);
      const within = request([...ids, tokens[0], 3], { maxNewTokens: 2 });
      const beyond = request([...ids, ...tokens, 3], { maxNewTokens: 2 });
      for (const [one, rows] of [[within, 1], [beyond, beyond.ids.length]] as const) {
        const [made, ran] = await counted(engine, one);
        assertEquals(ran, rows, `${one.ids.length} tokens, ${most} positions`);
        assertEquals(made.tokens, (await fresh(one, dynamic)).tokens);
      }
    });
  } finally {
    dynamic.dispose();
  }
});
