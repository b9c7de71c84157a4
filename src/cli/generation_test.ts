import { assert, assertEquals } from "@std/assert";
import { mergeSettings } from "./generation.ts";

const DEFAULTS = {
  maxNewTokens: 256,
  minNewTokens: 0,
  doSample: true,
  temperature: 0.7,
  topK: 50,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  eosTokenIds: [2],
  seed: 0n,
  stop: [],
};

Deno.test("the record wins over the flags, the flags over the model's defaults", () => {
  const { options } = mergeSettings(DEFAULTS, { topK: 5, topP: 0.5 }, { topK: 9, seed: 3n });
  assertEquals([options.topK, options.topP, options.minP, options.seed], [9, 0.5, 0, 3n]);
});

Deno.test("temperature 0 means greedy, until a record sets another", () => {
  const sampling = (...levels: Parameters<typeof mergeSettings>) => {
    const { doSample, temperature } = mergeSettings(...levels).options;
    return [doSample, temperature];
  };
  assertEquals(sampling(DEFAULTS, { temperature: 0 }), [false, 0.7]);
  assertEquals(sampling(DEFAULTS, { greedy: true }), [false, 0.7]);
  assertEquals(sampling(DEFAULTS, { temperature: 0 }, { temperature: 0.8 }), [true, 0.8]);
  assertEquals(sampling(DEFAULTS, { temperature: 0 }, { doSample: true }), [true, 0.7]);
  assertEquals(sampling(DEFAULTS, { greedy: true }, { doSample: true }), [true, 0.7]);
  assertEquals(sampling(DEFAULTS, {}, { temperature: 0 }), [false, 0.7]);
  assertEquals(sampling({ ...DEFAULTS, doSample: false }, { doSample: true, temperature: 2 }), [true, 2]);
});

Deno.test("without a seed each prompt draws its own 32 bits", () => {
  const seeds = new Set(Array.from({ length: 8 }, () => mergeSettings(DEFAULTS, {}).options.seed));
  assert(seeds.size > 1);
  assert([...seeds].every((seed) => seed >= 0n && seed < 2n ** 32n));
});

Deno.test("--ignore-eos leaves nothing that ends the text", () => {
  assertEquals(mergeSettings(DEFAULTS, { ignoreEos: true }).options.eosTokenIds, []);
  assertEquals(mergeSettings(DEFAULTS, {}).options.eosTokenIds, [2]);
});
