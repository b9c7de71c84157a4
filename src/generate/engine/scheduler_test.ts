/** The scheduler: queueing, refusals, limits, cancels at every stage, and the end of all work. */
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { DataError, EnvironmentError } from "../../base/errors.ts";
import { type Answer, answers, until, untilIdle, withScheduler } from "../../../tests/support/serving.ts";
import { goldenModel, goldenPath, modelForAll, prompt, request } from "../../../tests/support/generate.ts";
import type { GenerationEvent } from "../options/types.ts";
import { Session } from "../session.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { Engine } from "./engine.ts";
import { ContextLengthError, QueueFullError, ShuttingDownError, TimeLimitError } from "./refusals.ts";
import { Scheduler } from "./scheduler.ts";

const { model } = await modelForAll("generate");

Deno.test("Scheduler: many submissions, each with the tokens of a run alone", async () => {
  const requests = Array.from(
    { length: 6 },
    (_, i) => request(prompt(i, 3 + 20 * i), { maxNewTokens: 5 + 7 * i, doSample: i % 2 === 1, seed: 4n }),
  );
  const alone: Answer[] = [];
  await withScheduler({ model }, async (scheduler) => {
    for (const one of requests) alone.push((await answers(scheduler, [one]))[0]);
  });
  await withScheduler({ model, batchSize: 3 }, async (scheduler) => {
    const together = await Promise.all([
      answers(scheduler, requests.slice(0, 2)),
      ...requests.slice(2).map((one) => answers(scheduler, [one])),
    ]);
    assertEquals(together.flat(), alone);
    const { slots, ...totals } = scheduler.stats();
    assertEquals(slots.map(({ state }) => state), ["idle", "idle", "idle"]);
    assertEquals([totals.waiting, totals.running], [0, 0]);
    assertEquals(totals.generatedTokens, alone.reduce((sum, { tokens }) => sum + tokens.length, 0));
    assertEquals(totals.promptTokens, requests.reduce((sum, { ids }) => sum + ids.length, 0));
  });
});

Deno.test("Scheduler: refuses what cannot run before it has a slot", async () => {
  await withScheduler({ model, batchSize: 1, queue: 2, maxLength: 64 }, async (scheduler) => {
    const error = assertThrows(() => scheduler.submit([request(prompt(1, 70))]), ContextLengthError);
    assertEquals([error.promptTokens, error.maxLength], [70, 64]);
    assertThrows(() => scheduler.submit([request([])]), DataError, "no tokens");
    assertThrows(() => scheduler.submit([request([61])]), DataError, "token id 61");
    assertThrows(() => scheduler.submit([request([1], { numBeams: 2 })]), DataError, "beam search");
    assertThrows(() => scheduler.submit([request([1]), request(prompt(1, 64))]), ContextLengthError);
    assertThrows(() => scheduler.submit([request([1])], { signal: AbortSignal.abort() }), DOMException);
    assertEquals(scheduler.stats().waiting, 0, "none was queued");
    const four = () => [1, 2, 3, 4].map((id) => request([id]));
    assertThrows(() => scheduler.submit(four()), QueueFullError, "queue is full");
    const first = answers(scheduler, four().slice(1));
    assertThrows(() => scheduler.submit([request([1])]), QueueFullError, "2 requests are waiting");
    assertEquals((await first).map(({ tokens }) => tokens.length), [12, 12, 12]);
    assertEquals((await answers(scheduler, [request([1])])).length, 1, "there is room again");
  });
});

Deno.test("Scheduler: cancels in the queue, in the prompt and while decoding free the slot; others go on", async () => {
  await withScheduler({ model, batchSize: 2, maxLength: 1400, queue: 4 }, async (scheduler) => {
    const neighbour = request(prompt(1, 9), { maxNewTokens: 900, doSample: true, seed: 9n });
    const [alone] = await answers(scheduler, [neighbour]);
    const others = answers(scheduler, [neighbour]);
    const stage = () => scheduler.stats().slots.map(({ state }) => state).toSorted().join();
    const abort = async (ids: number[], isThere: () => boolean) => {
      const controller = new AbortController();
      const run = answers(scheduler, [request(ids, { maxNewTokens: 500 })], { signal: controller.signal });
      await until(isThere);
      controller.abort(new Error("gone"));
      await assertRejects(() => run, Error, "gone");
    };
    await abort(prompt(2, 400), () => stage() === "decoding,prompt");
    await until(() => stage() === "decoding,idle");
    await abort(prompt(3, 5), () => stage() === "decoding,decoding");
    await until(() => stage() === "decoding,idle");
    const second = answers(scheduler, [request(prompt(4, 5), { maxNewTokens: 40 })]);
    await until(() => stage() === "decoding,decoding");
    await abort(prompt(5, 5), () => scheduler.stats().waiting === 1);
    await until(() => scheduler.stats().waiting === 0);
    assertEquals((await second)[0].tokens.length, 40);
    assertEquals(await others, [alone]);
  });
});

Deno.test("Scheduler: one sequence of several is cancelled; a reader that leaves cancels the rest", async () => {
  await withScheduler({ model }, async (scheduler) => {
    const requests = [1, 2].map((i) => request(prompt(i, 5), { maxNewTokens: 60 }));
    const submission = scheduler.submit(requests);
    const lengths = [0, 0];
    for await (const { index, tokens, finishReason } of submission) {
      lengths[index] += tokens.length;
      if (index === 0 && !finishReason) submission.cancel(0);
    }
    assert(lengths[0] < 60 && lengths[1] === 60, `${lengths}`);
    for await (const _ of scheduler.submit(requests)) break;
    await until(() => scheduler.stats().running === 0);
    assertEquals((await answers(scheduler, requests)).map(({ tokens }) => tokens.length), [60, 60]);
  });
});

Deno.test("Scheduler: a time limit counts the queue too", async () => {
  await withScheduler({ model, batchSize: 1, maxLength: 4000 }, async (scheduler) => {
    const long = request(prompt(1, 5), { maxNewTokens: 3900 });
    const late = answers(scheduler, [long], { timeoutMs: 60 });
    const queued = answers(scheduler, [long], { timeoutMs: 30 });
    await assertRejects(() => queued, TimeLimitError, "within 0.03 s");
    await assertRejects(() => late, TimeLimitError, "within 0.06 s");
    await until(() => scheduler.stats().running === 0);
  });
});

Deno.test("Scheduler: drains, refuses new requests, and ends the rest when the time is over", async () => {
  await withScheduler({ model, batchSize: 1, maxLength: 4000 }, async (scheduler) => {
    const short = answers(scheduler, [request(prompt(1, 5)), request(prompt(2, 5))]);
    const end = scheduler.drain(60_000);
    assertEquals(scheduler.state, "draining");
    assertThrows(() => scheduler.submit([request([1])]), ShuttingDownError);
    assertEquals((await short).map(({ tokens }) => tokens.length), [12, 12]);
    await end;
  });
  await withScheduler({ model, batchSize: 1, maxLength: 4000 }, async (scheduler) => {
    const long = answers(scheduler, [request(prompt(1, 5), { maxNewTokens: 3900 })]);
    const first = scheduler.drain(60_000);
    const now = scheduler.drain(0);
    await assertRejects(() => long, ShuttingDownError);
    await Promise.all([first, now]);
  });
});

Deno.test("Scheduler: bad data of one request is its own error; a lost device ends all", async () => {
  const engine = new Engine(model, { batchSize: 2, maxLength: 256, serving: {} });
  const scheduler = new Scheduler(engine, { queue: 2 });
  const bad = request(prompt(1, 4), {
    maxNewTokens: 5,
    suppressTokens: Array.from({ length: 61 }, (_, i) => i),
  });
  const events: GenerationEvent[] = [];
  const [, good] = await answers(scheduler, [bad, request(prompt(2, 4))], {}, (event) => events.push(event));
  assertEquals(good.tokens.length, 12);
  assert(events.some(({ index, error }) => index === 0 && error instanceof DataError));

  const { submit } = model.gpu;
  const running = answers(scheduler, [request(prompt(1, 4), { maxNewTokens: 200 })], {}, () => {
    model.gpu.submit = () => {
      throw new EnvironmentError("GPU lost: unplugged");
    };
  });
  try {
    await assertRejects(() => running, EnvironmentError, "unplugged");
    assertEquals((await scheduler.failed).message, "GPU lost: unplugged");
    assertEquals(scheduler.state, "failed");
    assertThrows(() => scheduler.submit([request([1])]), ShuttingDownError);
  } finally {
    model.gpu.submit = submit;
    await scheduler.dispose();
    engine.dispose();
  }
});

Deno.test("Scheduler: a device lost while running, or while nothing runs, is reported", async () => {
  for (const isBusy of [true, false]) {
    const gpu = await Gpu.open();
    const own = await goldenModel(gpu, "generate");
    const engine = new Engine(own, { batchSize: 2, maxLength: 4000, serving: {} });
    await engine.reserve();
    const scheduler = new Scheduler(engine, { queue: 2 });
    if (isBusy) {
      const running = answers(scheduler, [request(prompt(1, 4), { maxNewTokens: 3000 })], {}, () => {
        gpu.device.destroy();
      });
      await assertRejects(() => running, EnvironmentError, "GPU");
    } else {
      await untilIdle(scheduler);
      gpu.device.destroy();
    }
    assert(await scheduler.failed instanceof EnvironmentError);
    assertEquals(scheduler.state, "failed");
    assertThrows(() => scheduler.submit([request([1])]), ShuttingDownError);
    await scheduler.dispose();
    gpu.dispose();
  }
});

Deno.test("Session.serve: allocates what it says, at the start, and nothing more later", async () => {
  const session = await Session.load(goldenPath("generate"), { batchSize: 3, maxLength: 60, serving: {} });
  try {
    const { gpu } = session.model;
    const before = gpu.allocatedBytes;
    const scheduler = await session.serve({ queue: 4 });
    const { cache, others, ...shape } = await session.memory();
    assertEquals(gpu.allocatedBytes - before, cache + others);
    assertEquals(shape, {
      weights: session.model.weightBytes,
      batchSize: 3,
      maxLength: 60,
      kvDtype: session.model.kvDtype,
    });
    const requests = Array.from(
      { length: 7 },
      (_, i) =>
        request([...prompt(1, 30), ...prompt(i, 1 + 3 * i)], {
          maxNewTokens: 60,
          doSample: i % 2 === 0,
          ...(i === 3 && { logprobs: 2 }),
        }),
    );
    assertEquals((await answers(scheduler, requests)).length, 7);
    await untilIdle(scheduler);
    assertEquals(gpu.allocatedBytes - before, cache + others);
    await scheduler.dispose();
  } finally {
    session.dispose();
  }
});

Deno.test("Session.serve: too much memory is refused with what to do", async () => {
  const session = await Session.load(goldenPath("generate"), { batchSize: 3, maxLength: 60, serving: {} });
  try {
    Object.defineProperty(session.model.gpu, "memoryBytes", {
      value: session.model.gpu.allocatedBytes + 5000,
    });
    const error = await assertRejects(
      () => session.serve({ queue: 4 }),
      EnvironmentError,
      "GPU out of memory",
    );
    assertStringIncludes(error.message, "3 × 60 positions: use fewer slots (--parallel)");
  } finally {
    session.dispose();
  }
});
