import { assert, assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../errors.ts";
import { Gpu } from "../gpu/gpu.ts";
import type { LoadedModel } from "../model/load.ts";
import { forward } from "../reference/forward.ts";
import { philoxAt, toUniform } from "../reference/philox.ts";
import { sampleDistribution } from "../reference/sampler.ts";
import { logSoftmax } from "../reference/softmax.ts";
import { readExpected } from "../reference/test_golden.ts";
import { readCheckpoint } from "../reference/test_safetensors.ts";
import { GOLDEN } from "../reference/test_golden.ts";
import { Engine } from "./engine.ts";
import { collect, goldenModel, goldenPath, request } from "./testing.ts";
import { Session } from "./session.ts";
import type { GenerationRequest } from "./types.ts";

/** One device for all; every engine on it is small. */
let gpu: Gpu;
let model: LoadedModel;
Deno.test.beforeAll(async () => {
  gpu = await Gpu.open();
  model = await goldenModel(gpu, "generate");
});
Deno.test.afterAll(() => {
  model.dispose();
  assertEquals(gpu.allocatedBytes, 0, "everything is freed");
  gpu.dispose();
});

async function withEngine<T>(
  options: { batchSize?: number; maxLength?: number; model?: LoadedModel },
  run: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = new Engine(options.model ?? model, { maxLength: 64, batchSize: 1, ...options });
  try {
    return await run(engine);
  } finally {
    engine.dispose();
  }
}

/** Prompts of any length, by number. */
const prompt = (seed: number, length: number) =>
  Array.from({ length }, (_, i) => (seed * 31 + i * i * 7 + i) % 61);

const reference = await readCheckpoint(new URL("generate/", GOLDEN));
const config = JSON.parse(await Deno.readTextFile(new URL("generate/config.json", GOLDEN)));

/** log p of every next token after each of the ids, in float64. */
function twinLogprobs(ids: number[]): Float64Array[] {
  const { logits } = forward(reference, config, { inputIds: [ids] });
  const all = logSoftmax(logits, ids.length, 61);
  return ids.map((_, i) => all.subarray(i * 61, (i + 1) * 61));
}

Deno.test("generate: greedy tokens of transformers, prompts as one batch", async () => {
  const cases = [
    "generate",
    "generate_eos",
    "generate_padded",
    "generate_penalty",
    "generate_tied_f32",
    "rope_llama3_generate",
    "rope_dynamic_generate",
  ];
  for (const name of cases) {
    const { calls: [{ inputs, outputs }] } = await readExpected(name);
    const golden = await goldenModel(gpu, name);
    const masks = inputs.attentionMask as number[][] | undefined;
    const width = inputs.inputIds![0].length;
    const requests = inputs.inputIds!.map((ids, row) =>
      request(ids.filter((_, i) => masks?.[row][i] !== 0), {
        maxNewTokens: inputs.maxNewTokens,
        minNewTokens: inputs.minNewTokens ?? 0,
        repetitionPenalty: inputs.repetitionPenalty ?? 1,
        eosTokenIds: inputs.eosTokenId ?? [2],
      })
    );
    const made = await withEngine(
      { model: golden, batchSize: requests.length },
      (engine) => collect(engine, requests),
    );
    made.forEach(({ tokens, finishReason }, row) => {
      const want = outputs.sequences![row].slice(width);
      // Rows that end early are filled up in transformers.
      assertEquals(tokens, want.slice(0, tokens.length), `${name}, row ${row}`);
      const stopped = requests[row].options.eosTokenIds.includes(tokens.at(-1)!);
      assertEquals(finishReason, stopped ? "stop" : "length", `${name}, row ${row}`);
      if (!stopped) assertEquals(tokens.length, inputs.maxNewTokens, `${name}, row ${row}`);
    });
    golden.dispose();
  }
});

Deno.test("generate: what a request gives does not depend on the batch, the order, the neighbours", async () => {
  const requests: GenerationRequest[] = Array.from(
    { length: 9 },
    (_, i) =>
      request(prompt(i, [1, 2, 5, 9, 17, 23, 30, 40, 3][i]), {
        maxNewTokens: [12, 3, 20, 1, 9, 15, 6, 11, 18][i],
        doSample: i !== 4,
        temperature: 1.5,
        topK: i % 3 ? 20 : 0,
        topP: i % 2 ? 0.9 : 1,
        repetitionPenalty: i === 5 ? 1.2 : 1,
        seed: BigInt(i % 2) + 5n,
      }, i % 3),
  );
  const shuffled = [4, 8, 0, 3, 7, 1, 6, 2, 5];
  const alone = await withEngine({}, (engine) => collect(engine, requests));
  requests.forEach(({ options }, i) => assertEquals(alone[i].tokens.length, options.maxNewTokens));
  const reversed = await withEngine({ batchSize: 8 }, (engine) => collect(engine, requests.toReversed()));
  const mixed = await withEngine({ batchSize: 3 }, async (engine) => {
    await collect(engine, requests.slice(0, 2));
    return await collect(engine, shuffled.map((i) => requests[i]));
  });
  requests.forEach((_, i) => {
    assertEquals(reversed[8 - i].tokens, alone[i].tokens, `request ${i} of a batch of 8`);
    assertEquals(mixed[shuffled.indexOf(i)].tokens, alone[i].tokens, `request ${i} of a batch of 3`);
  });
});

Deno.test("generate: a batch that grows, with requests that come late", async () => {
  const requests = [30, 20, 25].map((maxNewTokens, i) => request(prompt(i, 4 + i), { maxNewTokens }));
  const alone = await withEngine({}, (engine) => collect(engine, requests));
  await withEngine({ batchSize: 3 }, async (engine) => {
    // A decoder with room for three, and a history of other tokens.
    await collect(engine, requests.map((_, i) => request(prompt(50 + i, 8), { maxNewTokens: 30 })));
    let events = 0;
    async function* late() {
      for (const [i, one] of requests.entries()) {
        while (events < 4 * i) await new Promise((resolve) => setTimeout(resolve, 1));
        yield one;
      }
    }
    const made = await collect(engine, late(), () => events++);
    assertEquals(made.map(({ tokens }) => tokens), alone.map(({ tokens }) => tokens));
  });
});

Deno.test("generate: a sampled token is the one that the twin's sampler draws", async () => {
  const sampler = { temperature: 0.9, topK: 30, topP: 0.95, minP: 0.01 };
  const ids = prompt(3, 6);
  const seed = 123456789012345n;
  const [{ tokens }] = await withEngine(
    {},
    (engine) => collect(engine, [request(ids, { ...sampler, doSample: true, seed, maxNewTokens: 16 }, 2)]),
  );
  const { logits } = forward(reference, config, { inputIds: [[...ids, ...tokens]] });
  tokens.forEach((token, step) => {
    const position = ids.length - 1 + step;
    const p = sampleDistribution(logits.slice(position * 61, (position + 1) * 61), sampler);
    const u = toUniform(philoxAt(seed, position, 2)[0]);
    const before = p.subarray(0, token).reduce((sum, share) => sum + share, 0);
    assert(
      u > before - 1e-4 && u < before + p[token] + 1e-4,
      `step ${step}: ${token} has ${before} + ${p[token]}, got ${u}`,
    );
  });
});

Deno.test("generate: a prompt of n + 1 tokens gives what a prompt of n and one step give", async () => {
  await withEngine({}, async (engine) => {
    for (const length of [1, 2, 15, 16, 17, 40]) {
      const ids = prompt(length, length);
      const [stepped] = await collect(engine, [request(ids, { maxNewTokens: 2, logprobs: 61 })]);
      const [whole] = await collect(engine, [
        request([...ids, stepped.tokens[0]], { maxNewTokens: 1, logprobs: 61 }),
      ]);
      const [a, b] = [stepped.logprobs[1], whole.logprobs[0]].map(({ top }) => new Map(top));
      assertEquals([a.size, b.size], [61, 61]);
      for (const [id, logprob] of a) {
        assert(
          Math.abs(logprob - b.get(id)!) < 2e-5,
          `${length} tokens, id ${id}: ${logprob} and ${b.get(id)}`,
        );
      }
    }
  });
});

Deno.test("generate: logprobs are the twin's, best first, whoever runs beside", async () => {
  const watched = [
    request(prompt(1, 7), { maxNewTokens: 6, logprobs: 3 }),
    request(prompt(2, 3), { maxNewTokens: 4, logprobs: 0 }),
  ];
  const [a, plain, b] = await withEngine(
    { batchSize: 3 },
    (engine) => collect(engine, [watched[0], request(prompt(9, 12)), watched[1]]),
  );
  assertEquals(plain.logprobs, []);
  for (const [i, made] of [a, b].entries()) {
    const { ids, options } = watched[i];
    const twin = twinLogprobs([...ids, ...made.tokens]);
    assertEquals(made.logprobs.map(({ token }) => token), made.tokens);
    made.logprobs.forEach(({ token, logprob, top }, step) => {
      const want = twin[ids.length - 1 + step];
      assert(Math.abs(logprob - want[token]) < 5e-5, `step ${step}: ${logprob}, expected ${want[token]}`);
      assertEquals(top.length, options.logprobs);
      const best = [...want.keys()].sort((x, y) => want[y] - want[x]).slice(0, options.logprobs);
      assertEquals(top.map(([id]) => id), best);
    });
  }
});

Deno.test("generate: logprobs of a request that takes over a slot of a fast one", async () => {
  const late = request(prompt(4, 5), { maxNewTokens: 5, logprobs: 2 });
  const [alone] = await withEngine({}, (engine) => collect(engine, [late]));
  // While the first runs on, the second ends and the third takes its place.
  const made = await withEngine(
    { batchSize: 2 },
    (engine) =>
      collect(engine, [
        request(prompt(5, 5), { maxNewTokens: 50 }),
        request(prompt(6, 5), { maxNewTokens: 20 }),
        late,
      ]),
  );
  assertEquals(made[2].tokens, alone.tokens);
  made[2].logprobs.forEach(({ token, logprob }, step) => {
    assertEquals(
      [token, logprob],
      [alone.logprobs[step].token, alone.logprobs[step].logprob],
      `step ${step}`,
    );
  });
});

Deno.test("generate: no new tokens, one, and as many as the context holds", async () => {
  const made = await withEngine(
    { batchSize: 2, maxLength: 20 },
    (engine) =>
      collect(engine, [0, 1, 999, 0].map((maxNewTokens) => request(prompt(1, 7), { maxNewTokens }))),
  );
  assertEquals(made.map(({ tokens }) => tokens.length), [0, 1, 13, 0]);
  assertEquals(made.map(({ finishReason }) => finishReason), ["length", "length", "length", "length"]);
});

Deno.test("generate: an end token ends, is given, and does not come before minNewTokens", async () => {
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
    // Nothing of it stays for the next call.
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
      for await (const _ of engine.generate([request(prompt(1, 3))], controller.signal)) controller.abort();
    }, DOMException);
    const [after] = await collect(engine, [request(prompt(1, 3), { maxNewTokens: 5 })]);
    assertEquals(after.tokens.length, 5);
  });
});

Deno.test("generate: a token costs no object, a group of tokens one readback", async () => {
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
      const { submits, steps } = engine;
      const made = await collect(engine, requests);
      assertEquals(made.map(({ tokens }) => tokens.length), [50, 50]);
      assertEquals<Record<string, number>>(counts, none, "made again for a second run");
      assertEquals(maps, engine.submits - submits, "readbacks and groups");
      assert(engine.steps - steps < 49 + 64, `${engine.steps - steps} steps for 49`);
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
    assertEquals(session.config.vocabSize, 61);
    const { loss } = await session.score(ids);
    const twin = twinLogprobs(ids);
    const want = -ids.slice(1).reduce((sum, id, i) => sum + twin[i][id], 0) / (ids.length - 1);
    assert(Math.abs(loss! - want) < 5e-5, `loss ${loss}, expected ${want}`);
  } finally {
    session.dispose();
  }
});
