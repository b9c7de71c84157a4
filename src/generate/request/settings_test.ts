import { assert, assertEquals, assertThrows } from "@std/assert";
import { DataError, UsageError } from "../../base/errors.ts";
import { OFF } from "../options/table.ts";
import { mergeSettings, newTokensFor } from "./settings.ts";

const DEFAULTS = {
  ...OFF,
  maxNewTokens: 256,
  doSample: true,
  temperature: 0.7,
  topK: 50,
  eosTokenIds: [2],
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

Deno.test("fields of GenerationConfig in a record win over flags and defaults", () => {
  const defaults = { ...DEFAULTS, noRepeatNgramSize: 4, typicalP: 0.9, stop: ["a"] };
  const flags = { stop: ["b"], ignoreEos: true, etaCutoff: 0.1, minNewTokens: 3 };
  const { options } = mergeSettings(defaults, flags, {
    noRepeatNgramSize: 2,
    generation: {
      suppressTokens: [4],
      stopStrings: "c",
      eosTokenId: [7, -1],
      maxTime: 3,
      sequenceBias: null,
    },
  });
  const { noRepeatNgramSize, typicalP, etaCutoff, suppressTokens, stop, eosTokenIds, maxTime } = options;
  assertEquals({ noRepeatNgramSize, typicalP, etaCutoff, suppressTokens }, {
    noRepeatNgramSize: 2,
    typicalP: 0.9,
    etaCutoff: 0.1,
    suppressTokens: [4],
  });
  assertEquals({ stop, eosTokenIds, maxTime }, { stop: ["c"], eosTokenIds: [7], maxTime: 3 });
  assertEquals([options.minNewTokens, options.sequenceBias], [3, undefined]);
  assertEquals(mergeSettings(defaults, { noRepeatNgramSize: 0 }).options.noRepeatNgramSize, 0);
});

Deno.test("new tokens and the length of all tokens", () => {
  const withLength = { ...DEFAULTS, maxNewTokens: Infinity, maxLength: 30 };
  const most = (...levels: Parameters<typeof mergeSettings>) =>
    newTokensFor(mergeSettings(...levels).options, 10, "here");
  assertEquals(most(DEFAULTS, {}), 256);
  assertEquals(most(withLength, {}), 20);
  assertEquals(most(withLength, { maxNewTokens: 50 }), 50);
  assertEquals(most(DEFAULTS, { maxNewTokens: 50 }, { generation: { maxLength: 15 } }), 5);
  assertEquals(most(DEFAULTS, {}, { maxNewTokens: 7, generation: { maxLength: 15 } }), 7);
  assertThrows(
    () => most(DEFAULTS, {}, { generation: { maxLength: 10 } }),
    DataError,
    "here: the prompt has 10 tokens, max_length is 10: no room",
  );
});

Deno.test("bad words need a tokenizer, and a record's ids win over them", () => {
  const encode = (text: string) => [...text].map((char) => char.codePointAt(0)!);
  assertThrows(
    () => mergeSettings(DEFAULTS, { badWords: ["a"] }),
    UsageError,
    "--bad-words needs a tokenizer",
  );
  const bad = (
    ...[flags, record]: [Parameters<typeof mergeSettings>[1], Parameters<typeof mergeSettings>[2]?]
  ) => mergeSettings(DEFAULTS, flags, record, { encode }).options.badWordsIds;
  assertEquals(bad({ badWords: ["ab"] }), [[97, 98], [32, 97, 98]]);
  assertEquals(bad({ badWords: ["ab"] }, { badWords: ["c"] }), [[99], [32, 99]]);
  assertEquals(bad({ badWords: ["ab"] }, { generation: { badWordsIds: [[5]] } }), [[5]]);
});

Deno.test("beams: sequences, guesses", () => {
  const { options } = mergeSettings(DEFAULTS, { numBeams: 4, earlyStopping: true, lengthPenalty: 0.5 }, {
    numReturnSequences: 3,
  });
  assertEquals([options.numBeams, options.earlyStopping, options.lengthPenalty, options.numReturnSequences], [
    4,
    true,
    0.5,
    3,
  ]);
  const refused = (flags: Parameters<typeof mergeSettings>[1], message: string) =>
    assertThrows(() => mergeSettings(DEFAULTS, flags), UsageError, message);
  refused(
    { numBeams: 2, numReturnSequences: 3 },
    "--num-return-sequences 3: expected at most --num-beams, 2",
  );
  refused({ numBeams: 2, promptLookup: 3 }, "do not go together");
});
