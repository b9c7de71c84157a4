import { assert, assertEquals, assertRejects } from "@std/assert";
import { DataError } from "../../base/errors.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { Engine } from "./engine.ts";
import { Methods } from "./methods.ts";
import { collect, goldenModel, prompt, request } from "../../../tests/support/generate.ts";
import type { GenerationRequest } from "../options/types.ts";

const BEAMS = { numBeams: 4, maxNewTokens: 6 };
const LOOKUP = { promptLookupNumTokens: 3, maxNewTokens: 9 };

Deno.test("methods", async (test) => {
  const gpu = await Gpu.open();
  const model = await goldenModel(gpu, "generate");
  const methods = new Methods(new Engine(model, { maxLength: 64, batchSize: 8 }));
  const tokensOf = async (requests: GenerationRequest[]) =>
    (await collect(methods, requests)).map(({ tokens }) => tokens);
  try {
    await test.step("a request's result does not depend on the methods of the others", async () => {
      const beams = { ...BEAMS, numReturnSequences: 2 };
      const requests = [
        request(prompt(1, 4)),
        request(prompt(2, 5), beams, 0),
        request(prompt(2, 5), beams, 1),
        request(prompt(3, 9), { numBeams: 3, maxNewTokens: 4, logprobs: 1 }),
        request(prompt(4, 3), LOOKUP),
        request(prompt(5, 3)),
        request(prompt(6, 6), { numBeams: 8, maxNewTokens: 2 }),
        request(prompt(7, 2), { maxNewTokens: 0, numBeams: 2 }),
        request(prompt(4, 3), { maxNewTokens: 9 }),
      ];
      const together = await collect(
        methods,
        async function* () {
          for (const one of requests) {
            await new Promise((resolve) => setTimeout(resolve, 1));
            yield one;
          }
        }(),
      );
      const alone = [
        ...await tokensOf([requests[0]]),
        ...await tokensOf([requests[1], requests[2]]),
      ];
      for (const one of requests.slice(3)) alone.push(...await tokensOf([one]));
      assertEquals(together.map(({ tokens }) => tokens), alone);
      assertEquals(together[4].tokens, together[8].tokens, "guesses change nothing");
      assert(String(together[1].tokens) !== String(together[2].tokens));
      assertEquals(together[3].logprobs.map(({ token }) => token), together[3].tokens);
      assertEquals(together.map(({ finishReason }) => finishReason), Array(9).fill("length"));
    });

    await test.step("a search's end: by an end token, by a stop test, by time", async () => {
      const [plain] = await collect(methods, [request(prompt(2, 5), BEAMS)]);
      const end = plain.tokens[2];
      const [ended] = await collect(methods, [request(prompt(2, 5), { ...BEAMS, eosTokenIds: [end] })]);
      if (ended.tokens.includes(end)) assertEquals([ended.tokens.at(-1), ended.finishReason], [end, "stop"]);
      const isOver = (tokens: readonly number[]) => tokens.length === 3;
      const [stopped] = await collect(methods, [{ ...request(prompt(2, 5), BEAMS), isOver }]);
      assertEquals([stopped.tokens.length, stopped.finishReason], [3, "stop"]);
      const [late] = await collect(methods, [request(prompt(2, 5), { ...BEAMS, maxTime: 0 })]);
      assertEquals([late.tokens.length, late.finishReason], [1, "length"]);
    });

    await test.step("sampled beams depend on the seed", async () => {
      const drawn = (seed: bigint, sequence = 0) =>
        tokensOf([request(prompt(2, 5), { ...BEAMS, doSample: true, temperature: 2, seed }, sequence)]);
      assertEquals(await drawn(1n), await drawn(1n));
      const texts = [];
      for (const seed of [1n, 2n, 3n]) texts.push(String(await drawn(seed)));
      assert(new Set(texts).size > 1);
    });

    await test.step("cancel reaches the right request", async () => {
      const lengths: number[] = [];
      const requests = [
        request(prompt(1, 3), { maxNewTokens: 2 }),
        request(prompt(1, 3), { ...LOOKUP, maxNewTokens: 40 }),
        request(prompt(1, 3), { maxNewTokens: 50 }),
      ];
      for await (const { index, tokens, finishReason } of methods.generate(requests)) {
        lengths[index] = (lengths[index] ?? 0) + tokens.length;
        if (index > 0 && !finishReason) methods.cancel(index);
      }
      assertEquals(lengths[0], 2);
      assert(lengths[1] < 20 && lengths[2] < 50, `${lengths}`);
    });

    await test.step("a source's error follows all earlier events, and ends the work", async () => {
      const seen: number[] = [];
      const source = async function* () {
        yield request(prompt(1, 3));
        yield request(prompt(1, 3), BEAMS);
        throw new Error("the source broke");
      };
      await assertRejects(
        async () => {
          for await (const { index } of methods.generate(source())) seen.push(index);
        },
        Error,
        "the source broke",
      );
      assertEquals(new Set(seen), new Set([0, 1]));
      await assertRejects(() => collect(methods, [request([], BEAMS)]), DataError, "no tokens");
      await assertRejects(
        () => collect(methods, [request(Array(64).fill(1), BEAMS)]),
        DataError,
        "64 tokens",
      );
      await assertRejects(() => collect(methods, [request([99], BEAMS)]), DataError, "token id 99");
      const aborted = AbortSignal.abort(new Error("enough"));
      for (const options of [BEAMS, LOOKUP]) {
        await assertRejects(
          () => Array.fromAsync(methods.generate([request([1], options)], aborted)),
          Error,
          "enough",
        );
      }
    });

    await test.step("logits that are not finite are an error, not text", async () => {
      const broken = await goldenModel(gpu, "generate");
      gpu.write(broken.weights.norm, 0, Float32Array.of(NaN));
      const others = new Methods(new Engine(broken, { maxLength: 64, batchSize: 1 }));
      for (const options of [BEAMS, LOOKUP]) {
        await assertRejects(() => collect(others, [request(prompt(1, 3), options)]), DataError, "not finite");
      }
      others.dispose();
      broken.dispose();
    });
  } finally {
    methods.dispose();
    model.dispose();
    gpu.dispose();
  }
});
