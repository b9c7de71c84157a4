import { assert, assertEquals, assertRejects } from "@std/assert";
import { defaultModelFolder } from "../../checkpoint/files/locate.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { openModel } from "../../model/weights/load.ts";
import { causalHead } from "../../model/weights/weights.ts";
import { GOLDEN } from "../../../tests/support/golden.ts";
import { numbered, type Source } from "./method.ts";
import { PromptLookupEngine } from "./prompt_lookup_engine.ts";
import {
  collect,
  goldenModel,
  type Made,
  prompt,
  request,
  runEngine,
} from "../../../tests/support/generate.ts";
import type { GenerationRequest } from "../options/types.ts";

/** Runs requests with prompt lookup; returns the answers and the number of forwards. */
async function runLookup(
  engine: PromptLookupEngine,
  requests: readonly GenerationRequest[],
): Promise<{ made: Made[]; forwards: number }> {
  const before = engine.forwards;
  const made = await collect(
    engine,
    requests,
  );
  return { made, forwards: engine.forwards - before };
}

Deno.test("prompt lookup: the same tokens as one by one, in fewer forwards", async (test) => {
  const gpu = await Gpu.open();
  const model = await goldenModel(gpu, "generate");
  const engine = new PromptLookupEngine(model, { maxLength: 64 });
  const lookup = { promptLookupNumTokens: 4 };
  try {
    await test.step("greedy, over many prompts and options", async () => {
      const requests = Array.from({ length: 24 }, (_, i) =>
        request(prompt(i, 3 + i % 9), {
          maxNewTokens: 8 + i % 30,
          promptLookupNumTokens: 1 + i % 6,
          maxMatchingNgramSize: 1 + i % 3,
          ...[
            {},
            { repetitionPenalty: 1.3 },
            { noRepeatNgramSize: 3 },
            { eosTokenIds: [34, 5], minNewTokens: 4 },
            { badWordsIds: [[34], [41, 41]], logprobs: 2 },
          ][i % 5],
        }));
      const plain = await runEngine({ model, batchSize: 4 }, (engine) => collect(engine, requests));
      const { made } = await runLookup(engine, requests);
      made.forEach((one, i) => {
        assertEquals(one.tokens, plain[i].tokens, `prompt ${i}`);
        assertEquals(one.finishReason, plain[i].finishReason, `prompt ${i}`);
        assertEquals(
          one.logprobs.map(({ token, top }) => [token, top.length]),
          plain[i].logprobs.map((
            { token, top },
          ) => [token, top.length]),
        );
      });
    });

    await test.step("fewer forwards on repeating text; one per token without a match", async () => {
      // This checkpoint ends up repeating one token.
      const [one] = await runEngine(
        { model },
        (engine) => collect(engine, [request([34, 34, 34, 34], { maxNewTokens: 40 })]),
      );
      const { made, forwards } = await runLookup(engine, [
        request([34, 34, 34, 34], { maxNewTokens: 40, ...lookup }),
      ]);
      assertEquals(made[0].tokens, one.tokens);
      const repeated = one.tokens.filter((token, i) => token === one.tokens[i - 1]).length;
      assert(repeated >= 20, "the text does repeat itself");
      assert(forwards <= 39 - repeated / 2, `${forwards} forwards for 40 tokens`);
      const none = await runLookup(engine, [
        request([34, 34, 34, 34], { maxNewTokens: 40, promptLookupNumTokens: 0 }),
      ]);
      assertEquals([none.made[0].tokens, none.forwards], [one.tokens, 39]);
    });

    await test.step("sampled tokens too", async () => {
      const options = { doSample: true, temperature: 0.5, seed: 11n, maxNewTokens: 30 };
      const requests = [0, 1, 2].map((sequence) => request([1, 9, 4], options, sequence));
      const plain = await runEngine({ model }, (engine) => collect(engine, requests));
      const { made } = await runLookup(
        engine,
        requests.map((one) => ({
          ...one,
          options: { ...one.options, ...lookup },
        })),
      );
      assertEquals(made.map(({ tokens }) => tokens), plain.map(({ tokens }) => tokens));
      assertEquals(new Set(made.map(({ tokens }) => String(tokens))).size, 3);
    });

    await test.step("lengths, the context, a cancel, and rejected requests", async () => {
      const { made: [none, full] } = await runLookup(engine, [
        request([1, 2], { maxNewTokens: 0, ...lookup }),
        request(Array(60).fill(34), { maxNewTokens: 50, ...lookup }),
      ]);
      assertEquals([none.tokens, none.finishReason], [[], "length"]);
      assertEquals([full.tokens.length, full.finishReason], [4, "length"]);
      const [cancelled] = await collect({
        generate: async function* (source: Source<GenerationRequest>) {
          for await (const event of engine.generate(numbered(source))) {
            if (!event.finishReason) engine.cancel(event.index);
            yield event;
          }
        },
      }, [request([1, 9, 4], { maxNewTokens: 40, ...lookup })]);
      assertEquals(cancelled.finishReason, "stop");
      assert(cancelled.tokens.length < 12);
      const refused = (ids: number[], message: string) =>
        assertRejects(() => runLookup(engine, [request(ids, lookup)]), Error, message);
      await refused([], "no tokens");
      await refused(Array(64).fill(1), "64 tokens");
      await refused([1, 61], "token id 61");
    });
  } finally {
    engine.dispose();
    model.dispose();
    gpu.dispose();
  }
});

Deno.test("prompt lookup: the default model's greedy text is transformers', in fewer forwards", async () => {
  const expected: { prompts: { text: string; ids: number[]; tokens: number[] }[] } = JSON.parse(
    await Deno.readTextFile(new URL("default-model.json", GOLDEN)),
  );
  const model = await openModel(
    defaultModelFolder(),
    causalHead,
  );
  const engine = new PromptLookupEngine(model, { maxLength: 330 });
  try {
    const options = { maxNewTokens: 64, promptLookupNumTokens: 6, maxMatchingNgramSize: 3 };
    const prompts = expected.prompts.filter((_, i) => i % 3 === 0);
    const { made } = await runLookup(engine, prompts.map(({ ids }) => request(ids, options)));
    made.forEach(({ tokens }, i) => assertEquals(tokens, prompts[i].tokens, prompts[i].text));
    // Text that occurred once is guessed when it recurs.
    const [{ ids, tokens }] = prompts;
    const again = [...ids, ...tokens, ...ids];
    const plain = await runLookup(engine, [request(again, { ...options, promptLookupNumTokens: 0 })]);
    const guessed = await runLookup(engine, [request(again, options)]);
    assertEquals(guessed.made[0].tokens, plain.made[0].tokens);
    assert(guessed.forwards < plain.forwards, `${guessed.forwards} of ${plain.forwards} forwards`);
    assertEquals(plain.forwards, 63);
    // More keys than one attention workgroup handles.
    const long = expected.prompts.flatMap(({ ids, tokens }) => [...ids, ...tokens]).slice(0, 300);
    const [one] = await runEngine(
      { model, maxLength: 330 },
      (engine) => collect(engine, [request(long, { maxNewTokens: 24 })]),
    );
    const { made: [same] } = await runLookup(engine, [request(long, { ...options, maxNewTokens: 24 })]);
    assertEquals(same.tokens, one.tokens);
  } finally {
    engine.dispose();
    model.dispose();
  }
});
