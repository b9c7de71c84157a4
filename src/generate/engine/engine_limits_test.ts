/** When generation ends, which requests it rejects, and the number of steps it runs. */
import { numbered } from "./method.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { readExpected } from "../../../tests/support/golden.ts";
import type { Engine } from "./engine.ts";
import { Session } from "../session.ts";
import {
  collect,
  type EngineOptions,
  goldenModel,
  goldenPath,
  modelForAll,
  prompt,
  request,
  runEngine,
} from "../../../tests/support/generate.ts";

const { gpu, model } = await modelForAll("generate");

const withEngine = <T>(options: EngineOptions, run: (engine: Engine) => Promise<T>) =>
  runEngine({ model, ...options }, run);

Deno.test("generate: no new tokens, one, and as many as the context holds", async () => {
  const made = await withEngine(
    { batchSize: 2, maxLength: 20 },
    (engine) =>
      collect(engine, [0, 1, 999, 0].map((maxNewTokens) => request(prompt(1, 7), { maxNewTokens }))),
  );
  assertEquals(made.map(({ tokens }) => tokens.length), [0, 1, 13, 0]);
  assertEquals(made.map(({ finishReason }) => finishReason), ["length", "length", "length", "length"]);
});

Deno.test("generate: an end token ends the sequence, is returned, and is suppressed before minNewTokens", async () => {
  const ids = prompt(2, 4);
  await withEngine({ batchSize: 4 }, async (engine) => {
    const [free] = await collect(engine, [request(ids, { maxNewTokens: 20 })]);
    const end = free.tokens[6];
    const at = free.tokens.indexOf(end);
    const other = Array.from({ length: 61 }, (_, id) => id).find((id) => !free.tokens.includes(id))!;
    const options = { maxNewTokens: 20, eosTokenIds: [other, end] };
    const [stopped, delayed, never, first] = await collect(engine, [
      request(ids, options),
      request(ids, { ...options, minNewTokens: at + 1 }),
      request(ids, { ...options, eosTokenIds: [], minNewTokens: 5 }),
      request(ids, { ...options, eosTokenIds: [free.tokens[0]] }),
    ]);
    assertEquals([stopped.tokens, stopped.finishReason], [free.tokens.slice(0, at + 1), "stop"]);
    assertEquals(delayed.tokens.slice(0, at), free.tokens.slice(0, at));
    assert(delayed.tokens.length > at + 1 && !options.eosTokenIds.includes(delayed.tokens[at]));
    assertEquals([never.tokens, never.finishReason], [free.tokens, "length"]);
    assertEquals([first.tokens, first.finishReason], [[free.tokens[0]], "stop"]);
  });
});

Deno.test("generate: a cancelled request ends, the others go on", async () => {
  const requests = [50, 50, 20].map((maxNewTokens, i) =>
    request(prompt(i, 5), { maxNewTokens, logprobs: 0 })
  );
  await withEngine({ batchSize: 2 }, async (engine) => {
    const made = await collect(engine, requests, ({ index }) => {
      if (index === 0) engine.cancel(0);
    });
    assertEquals(made.map(({ finishReason }) => finishReason), ["stop", "length", "length"]);
    assert(made[0].tokens.length <= 2, `${made[0].tokens.length} tokens after the cancel`);
    assertEquals(made.slice(1).map(({ tokens }) => tokens.length), [50, 20]);
    // Nothing carries over to the next call.
    const [next] = await collect(engine, [requests[2]]);
    assertEquals(next.tokens, made[2].tokens);
  });
});

Deno.test("generate: prompts that cannot be continued, and an aborted signal", async () => {
  await withEngine({ maxLength: 16 }, async (engine) => {
    await assertRejects(() => collect(engine, [request([])]), DataError, "no tokens");
    await assertRejects(
      () => collect(engine, [request(prompt(1, 16))]),
      DataError,
      "16 tokens, the context 16",
    );
    const controller = new AbortController();
    await assertRejects(async () => {
      for await (const _ of engine.generate(numbered([request(prompt(1, 3))]), controller.signal)) {
        controller.abort();
      }
    }, DOMException);
    const [after] = await collect(engine, [request(prompt(1, 3), { maxNewTokens: 5 })]);
    assertEquals(after.tokens.length, 5);
  });
});

Deno.test("generate: a token allocates no object, a group of tokens needs one readback", async () => {
  const counts = {
    createBuffer: 0,
    createBindGroup: 0,
    createComputePipeline: 0,
    createShaderModule: 0,
    createBindGroupLayout: 0,
  };
  let maps = 0;
  const { device } = gpu;
  const { mapAsync } = GPUBuffer.prototype;
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
    const make = device[name].bind(device) as (descriptor: unknown) => unknown;
    Object.defineProperty(device, name, {
      configurable: true,
      value: (descriptor: unknown) => {
        counts[name]++;
        return make(descriptor);
      },
    });
  }
  GPUBuffer.prototype.mapAsync = function (...args: Parameters<typeof mapAsync>) {
    maps++;
    return mapAsync.apply(this, args);
  };
  try {
    await withEngine({ batchSize: 2 }, async (engine) => {
      const requests = [1, 2].map((i) =>
        request(prompt(i, 6), { maxNewTokens: 50, doSample: true, topK: 10 })
      );
      await collect(engine, requests);
      const none = Object.fromEntries(Object.keys(counts).map((name) => [name, 0]));
      assert(counts.createBindGroup > 0, "the count works");
      Object.assign(counts, none);
      maps = 0;
      const { submits, steps } = engine.counts;
      const made = await collect(engine, requests);
      assertEquals(made.map(({ tokens }) => tokens.length), [50, 50]);
      assertEquals<Record<string, number>>(counts, none, "made again for a second run");
      assertEquals(maps, engine.counts.submits - submits, "readbacks and groups");
      assert(engine.counts.steps - steps < 49 + 64, `${engine.counts.steps - steps} steps for 49`);
    });
  } finally {
    for (const name of Object.keys(counts)) Reflect.deleteProperty(device, name);
    GPUBuffer.prototype.mapAsync = mapAsync;
  }
});

Deno.test("generate: logits that are not finite are an error, not text", async () => {
  const broken = await goldenModel(gpu, "generate");
  gpu.write(broken.weights.norm, 0, Float32Array.of(NaN));
  await withEngine({ model: broken }, async (engine) => {
    await assertRejects(() => collect(engine, [request(prompt(1, 3))]), DataError, "not finite");
  });
  broken.dispose();
});

Deno.test("Session: loads, generates, scores", async () => {
  const session = await Session.load(goldenPath("generate"), { batchSize: 2 });
  try {
    const { calls: [{ inputs, outputs }] } = await readExpected("generate");
    const [ids] = inputs.inputIds!;
    const [{ tokens }] = await collect(session, [request(ids, { maxNewTokens: 12 })]);
    assertEquals([...ids, ...tokens], outputs.sequences![0]);
    assertEquals(session.model.config.vocabSize, 61);
    assert((await session.score(ids)).loss! > 0);
  } finally {
    session.dispose();
  }
});
