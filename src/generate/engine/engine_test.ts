/** Generated tokens match transformers and the reference's draws, in any batch. */
import { assert, assertEquals } from "@std/assert";
import { forward } from "../../reference/forward.ts";
import { philoxAt, toUniform } from "../../reference/philox.ts";
import { sampleDistribution } from "../../reference/sampler.ts";
import { logSoftmax } from "../../reference/softmax.ts";
import { GOLDEN, readExpected } from "../../../tests/support/golden.ts";
import { readCheckpoint } from "../../../tests/support/safetensors.ts";
import type { Engine } from "./engine.ts";
import {
  collect,
  type EngineOptions,
  goldenModel,
  modelForAll,
  prompt,
  request,
  runEngine,
} from "../../../tests/support/generate.ts";
import type { GenerationRequest } from "../options/types.ts";

const { gpu, model } = await modelForAll("generate");

const withEngine = <T>(options: EngineOptions, run: (engine: Engine) => Promise<T>) =>
  runEngine({ model, ...options }, run);

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
      // transformers pads rows that end early.
      assertEquals(tokens, want.slice(0, tokens.length), `${name}, row ${row}`);
      const stopped = requests[row].options.eosTokenIds.includes(tokens.at(-1)!);
      assertEquals(finishReason, stopped ? "stop" : "length", `${name}, row ${row}`);
      if (!stopped) assertEquals(tokens.length, inputs.maxNewTokens, `${name}, row ${row}`);
    });
    golden.dispose();
  }
});

Deno.test("generate: a request's result does not depend on the batch, its order or its other requests", async () => {
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

Deno.test("generate: a growing batch with late requests", async () => {
  const requests = [30, 20, 25].map((maxNewTokens, i) => request(prompt(i, 4 + i), { maxNewTokens }));
  const alone = await withEngine({}, (engine) => collect(engine, requests));
  await withEngine({ batchSize: 3 }, async (engine) => {
    // A decoder with room for three, and a history of other tokens.
    await collect(engine, requests.map((_, i) => request(prompt(50 + i, 8), { maxNewTokens: 30 })));
    let tokens = 0;
    async function* late() {
      for (const [i, one] of requests.entries()) {
        while (tokens < 4 * i) await new Promise((resolve) => setTimeout(resolve, 1));
        yield one;
      }
    }
    const made = await collect(engine, late(), (event) => tokens += event.tokens.length);
    assertEquals(made.map(({ tokens }) => tokens), alone.map(({ tokens }) => tokens));
  });
});

Deno.test("generate: a sampled token is the one that the reference sampler draws", async () => {
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

Deno.test("generate: a prompt of n + 1 tokens equals a prompt of n and one step", async () => {
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

Deno.test("generate: logprobs match the reference, best first, in any batch", async () => {
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

Deno.test("generate: prompts in several chunks, keys in several splits, together and alone", async () => {
  // 127 ends in the middle of a tile, 256 fills the first split; the next tokens go into the second.
  const requests = [270, 127, 256].map((length, i) =>
    request(prompt(i, length), { maxNewTokens: 3 + i, logprobs: 1 })
  );
  const options = { maxLength: 300 };
  const alone = await withEngine(options, (engine) => collect(engine, requests));
  const together = await withEngine({ ...options, batchSize: 3 }, (engine) => collect(engine, requests));
  // Without logprobs all prompts share their chunks.
  const plain = await withEngine(
    { ...options, batchSize: 3 },
    (engine) =>
      collect(engine, requests.map(({ ids, options }) => request(ids, { ...options, logprobs: undefined }))),
  );
  requests.forEach(({ ids }, i) => {
    assertEquals(together[i].logprobs, alone[i].logprobs, `${ids.length} tokens`);
    assertEquals(plain[i].tokens, alone[i].tokens, `${ids.length} tokens`);
    const twin = twinLogprobs([...ids, ...alone[i].tokens]);
    alone[i].logprobs.forEach(({ token, logprob }, step) => {
      const want = twin[ids.length - 1 + step];
      assert(
        Math.abs(logprob - want[token]) < 1e-4,
        `${ids.length} tokens, step ${step}: ${logprob}, expected ${want[token]}`,
      );
      assertEquals(
        token,
        want.indexOf(want.reduce((a, b) => Math.max(a, b))),
        `${ids.length} tokens, step ${step}`,
      );
    });
  });
});

Deno.test("generate: logprobs of a request that takes over the slot of a fast one", async () => {
  const late = request(prompt(4, 5), { maxNewTokens: 5, logprobs: 2 });
  const [alone] = await withEngine({}, (engine) => collect(engine, [late]));
  // While the first runs on, the second ends and the third takes its slot.
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

Deno.test("generate: a sampling request does not inherit greedy decoding from its slot", async () => {
  const draws = request(prompt(5, 4), { doSample: true, temperature: 3, seed: 4n, maxNewTokens: 40 });
  const [alone] = await withEngine({}, (engine) => collect(engine, [draws]));
  const [best] = await withEngine(
    {},
    (engine) => collect(engine, [request(prompt(3, 9), { maxNewTokens: 40 })]),
  );
  // It ends before the steps encoded ahead for it are used.
  for (const end of best.tokens.slice(4, 12)) {
    const before = request(prompt(3, 9), { maxNewTokens: 40, eosTokenIds: [end] });
    const [, made] = await withEngine({}, (engine) => collect(engine, [before, draws]));
    assertEquals(made.tokens, alone.tokens);
  }
});
