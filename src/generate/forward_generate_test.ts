import { assert, assertEquals, assertRejects } from "@std/assert";
import { DynamicCache } from "../model/cache/dynamic_cache.ts";
import { StaticCache } from "../model/cache/static_cache.ts";
import type { GenerateInputs } from "./generate_inputs.ts";
import { LlamaForCausalLM } from "./llama_for_causal_lm.ts";
import { goldenPath } from "../../tests/support/generate.ts";

let model: LlamaForCausalLM;
Deno.test.beforeAll(async () => {
  model = await LlamaForCausalLM.fromPretrained(goldenPath("generate"), { kvCache: "float32" });
});
Deno.test.afterAll(() => model.dispose());

const BATCH = [[0, 0, 7, 8, 7, 8], [1, 2, 3, 1, 2, 3]];
const MASK = [[0, 0, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1]];
const OPTIONS: GenerateInputs[] = [
  { maxNewTokens: 10, eosTokenId: null },
  { maxNewTokens: 10, eosTokenId: [33], padTokenId: 0, noRepeatNgramSize: 2, minNewTokens: 4 },
  { maxNewTokens: 10, eosTokenId: null, doSample: true, temperature: 1.5, seed: 7, typicalP: 0.9 },
];

Deno.test("generate: embeddings give the tokens that ids give", async () => {
  const { hiddenStates } = await model.forward({ inputIds: BATCH, outputHiddenStates: true });
  const inputsEmbeds = hiddenStates![0];
  for (const options of OPTIONS) {
    const inputs = { ...options, attentionMask: MASK };
    const want = await model.generate({ ...inputs, inputIds: BATCH });
    assertEquals(await model.generate({ ...inputs, inputIds: BATCH, inputsEmbeds }), want);
  }
  // Without ids there is no text before the new tokens, and the length counts the embeddings.
  const [want] = await model.generate({ inputIds: [BATCH[1]], maxNewTokens: 14, eosTokenId: null });
  const one = (await model.forward({ inputIds: [BATCH[1]], outputHiddenStates: true })).hiddenStates![0];
  assertEquals(await model.generate({ inputsEmbeds: one, eosTokenId: null }), [want.slice(6)]);
  const { generate } = { generate: (inputs: GenerateInputs) => model.generate({ inputsEmbeds, ...inputs }) };
  await assertRejects(() => generate({ maxLength: 6 }), Error, "no room for an answer");
  await assertRejects(() => generate({ inputIds: [[1, 2]] }), Error, "expected those of inputIds, [1, 2]");
  await assertRejects(() => generate({ numBeams: 2 }), Error, "without beams");
  await assertRejects(() => generate({ attentionMask: [[1]] }), Error, "got [1, 1]");
});

Deno.test("generate: a cache of earlier turns gives the same tokens, and takes the new ones in", async () => {
  for (const cache of [new DynamicCache(), new StaticCache({ config: model.config, maxCacheLen: 40 })]) {
    const first = await model.generate({
      inputIds: BATCH,
      maxNewTokens: 4,
      eosTokenId: null,
      pastKeyValues: cache,
    });
    assertEquals(first, await model.generate({ inputIds: BATCH, maxNewTokens: 4, eosTokenId: null }));
    assertEquals(cache.getSeqLength(), 9);
    const inputIds = first.map((row) => [...row, 5, 9]);
    const want = await model.generate({ inputIds, maxNewTokens: 5, eosTokenId: null });
    assertEquals(
      await model.generate({ inputIds, maxNewTokens: 5, eosTokenId: null, pastKeyValues: cache }),
      want,
    );
    assertEquals(cache.getSeqLength(), 16);
    await assertRejects(() => model.generate({ inputIds, pastKeyValues: cache }), Error, "hold 16 positions");
    cache.dispose();
  }
  await assertRejects(
    () => model.generate({ pastKeyValues: new DynamicCache() }),
    Error,
    "inputIds: expected",
  );
});

Deno.test("generate: a stream over a cache", async () => {
  const cache = new DynamicCache();
  const inputIds = [[1, 9, 4]];
  const [want] = await model.generate({ inputIds, maxNewTokens: 6, eosTokenId: null });
  const tokens: number[] = [];
  let last;
  for await (
    const chunk of model.generateStream({ inputIds, maxNewTokens: 6, eosTokenId: null, pastKeyValues: cache })
  ) {
    tokens.push(...chunk.tokens);
    last = chunk.finishReason;
  }
  assertEquals([tokens, last], [want.slice(3), "length"]);
  const abort = AbortSignal.abort(new Error("no more"));
  await assertRejects(
    () => model.generate({ inputIds: [[...want, 1]], pastKeyValues: cache, signal: abort }),
    Error,
    "no more",
  );
  assert(cache.getSeqLength() === 8);
  cache.dispose();
});
