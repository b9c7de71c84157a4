/** Rows that requests share while many are served: computed once, and equal to a run alone to the last bit. */
import { assert, assertEquals } from "@std/assert";
import { modelForAll, prompt, request, runEngine } from "../../../tests/support/generate.ts";
import { type Answer, answers, until, untilIdle, withScheduler } from "../../../tests/support/serving.ts";
import { kvRowBytes } from "../../ops/kv_layer.ts";
import type { GenerationRequest } from "../options/types.ts";
import type { Scheduler } from "./scheduler.ts";

const { model } = await modelForAll("generate");

/** Logprobs of the whole vocabulary reveal a single differing bit. */
const watched = { maxNewTokens: 6, logprobs: 61 };
/** Leaves no generated rows, which an idle device would run again. */
const first = { maxNewTokens: 1, logprobs: 61 };
const shared = prompt(3, 120);

/** The answer of a run alone, nothing reused. */
async function alone(one: GenerationRequest): Promise<Answer> {
  return await runEngine({ model, maxLength: 1024 }, async (engine) => {
    const answer: Answer = { tokens: [], logprobs: [], reused: 0 };
    for await (const event of engine.generate([{ request: one, index: 0 }])) {
      answer.tokens.push(...event.tokens);
      answer.logprobs.push(...event.logprobs ?? []);
      answer.finishReason = event.finishReason;
    }
    return answer;
  });
}

/** Checks answers against runs alone; returns how many rows each reused. */
async function equalAlone(
  made: readonly Answer[],
  requests: readonly GenerationRequest[],
): Promise<number[]> {
  for (const [i, one] of requests.entries()) {
    assertEquals({ ...made[i], reused: 0 }, await alone(one), `request ${i}`);
  }
  return made.map(({ reused }) => reused);
}

const rows = ({ engine }: Scheduler) => engine.decoder!.promptRows;

Deno.test("serving: requests with one new prefix compute it once, though they come together", async () => {
  await withScheduler({ model, batchSize: 4 }, async (scheduler) => {
    const requests = [0, 1, 2, 3].map((i) => request([...shared, ...prompt(10 + i, 5 + i)], first));
    const made = await answers(scheduler, requests);
    assertEquals(await equalAlone(made, requests), [0, 120, 120, 120]);
    assertEquals(rows(scheduler), 120 + 5 + 6 + 7 + 8);
  });
});

Deno.test("serving: the same prompt many times, as for n answers, runs once", async () => {
  await withScheduler({ model, batchSize: 3 }, async (scheduler) => {
    const requests = [0, 1, 2, 3, 4].map((i) =>
      request(shared, { ...first, doSample: true, seed: 7n, temperature: 2 }, i)
    );
    const made = await answers(scheduler, requests);
    assertEquals(await equalAlone(made, requests), [0, 119, 119, 119, 119]);
    assertEquals(rows(scheduler), 120 + 4);
  });
});

Deno.test("serving: a prefix is copied from a slot that is still busy; both go on unchanged", async () => {
  await withScheduler({ model, maxLength: 1024 }, async (scheduler) => {
    const long = request(shared, { maxNewTokens: 700, doSample: true, seed: 3n });
    const busy = answers(scheduler, [long]);
    await until(() => scheduler.stats().slots.some(({ state }) => state === "decoding"));
    const requests = [
      request([...shared.slice(0, 100), ...prompt(5, 30)], watched),
      request(shared, watched),
    ];
    for (const [one, reused] of [[requests[0], 100], [requests[1], 119]] as const) {
      assertEquals(await equalAlone(await answers(scheduler, [one]), [one]), [reused]);
      assert(scheduler.stats().running === 1, "the other is still running");
    }
    await equalAlone(await busy, [long]);
  });
});

Deno.test("serving: a cancelled prompt leaves what it has computed to those that waited for it", async () => {
  await withScheduler({ model, batchSize: 3, maxLength: 1024 }, async (scheduler) => {
    const long = prompt(8, 900);
    const neighbour = answers(scheduler, [request([1, 2], { maxNewTokens: 900 })]);
    await until(() => scheduler.stats().slots.some(({ state }) => state === "decoding"));
    const submission = scheduler.submit([request(long, watched)]);
    const next = request([...long.slice(0, 800), 9], watched);
    const second = answers(scheduler, [next]);
    const done = () =>
      Math.max(
        ...scheduler.stats().slots.map(({ promptTokens, doneTokens }) =>
          promptTokens === 900 ? doneTokens : 0
        ),
      );
    await until(() => done() > 100);
    submission.cancel(0);
    const [reused] = await equalAlone(await second, [next]);
    assert(reused > 100 && reused < 900, `${reused} rows`);
    await neighbour;
  });
});

Deno.test("serving: another salt shares nothing", async () => {
  await withScheduler({ model, batchSize: 3, cacheRam: 1e8 }, async (scheduler) => {
    const salted = (cacheSalt?: string) => ({ ...request([...shared, 1], watched), cacheSalt });
    const requests = [salted("a"), salted("b"), salted(), salted("a"), salted("b"), salted("c")];
    const made = [];
    for (const one of requests) made.push(...await answers(scheduler, [one]));
    assertEquals(await equalAlone(made, requests), [0, 0, 0, 120, 120, 0]);
  });
});

Deno.test("serving: an idle device runs an answer again as a prompt, and the next turn goes on exactly there", async () => {
  await withScheduler({ model }, async (scheduler) => {
    const [{ tokens }] = await answers(scheduler, [request(shared, { maxNewTokens: 50 })]);
    await untilIdle(scheduler);
    const before = rows(scheduler);
    assert(before >= 120 + 49, `${before} rows`);
    const next = request([...shared, ...tokens, ...prompt(4, 10)], first);
    const [reused] = await equalAlone(await answers(scheduler, [next]), [next]);
    assert(reused >= 120 + 49, `${reused} rows`);
    assertEquals(reused + rows(scheduler) - before, next.ids.length);
  });
});

Deno.test("serving: a re-run gives way to a request, and idle slots are safe from others' steps", async () => {
  await withScheduler({ model, batchSize: 3, maxLength: 512 }, async (scheduler) => {
    const talks = [0, 1].map((i) => request(prompt(20 + i, 60), { maxNewTokens: 60 }));
    const made = await answers(scheduler, talks);
    // Comes in the middle of the work.
    const busy = request(prompt(30, 5), { maxNewTokens: 100 });
    await equalAlone(await answers(scheduler, [busy]), [busy]);
    await untilIdle(scheduler);
    const turns = talks.map(({ ids }, i) => request([...ids, ...made[i].tokens, 5, 6], watched));
    for (const one of turns) {
      const [reused] = await equalAlone(await answers(scheduler, [one]), [one]);
      assert(reused >= 119, `${reused} rows`);
    }
  });
});

Deno.test("serving: host memory keeps the rows of prompts that lost their slot, within its limit", async () => {
  const { numHiddenLayers: layers, numKeyValueHeads: heads, headDim } = model.config;
  const position = layers * heads * kvRowBytes(headDim, model.kvDtype) * 2;
  const limit = 250 * position;
  await withScheduler({ model, batchSize: 1, cacheRam: limit }, async (scheduler) => {
    const talks = [40, 41, 42].map((seed) => prompt(seed, 100));
    const run = async (ids: number[]) => {
      const one = request([...ids, 7, 8], watched);
      const [reused] = await equalAlone(await answers(scheduler, [one]), [one]);
      const { bytes, limit: most } = scheduler.stats().cacheRam;
      assert(bytes <= most && most === limit, `${bytes} bytes`);
      return reused;
    };
    assertEquals(await run(talks[0]), 0);
    assertEquals(await run(talks[1]), 0);
    assertEquals(scheduler.stats().cacheRam.entries, 1);
    assertEquals(await run(talks[0]), 101, "from host memory");
    assertEquals(await run(talks[2]), 0);
    assertEquals(scheduler.stats().cacheRam.entries, 2, "the first is there already");
    assertEquals(await run(talks[1].slice(0, 60)), 60, "a part of it");
    assertEquals(scheduler.stats().cacheRam.entries, 2, "the third took the place of the first");
    assertEquals(await run(talks[0]), 0);
  });
  await withScheduler({ model, batchSize: 1, cacheRam: 50 * position }, async (scheduler) => {
    for (const seed of [1, 2, 1]) await answers(scheduler, [request(prompt(seed, 100), watched)]);
    assertEquals(scheduler.stats().cacheRam, { bytes: 0, limit: 50 * position, entries: 0 });
  });
});
