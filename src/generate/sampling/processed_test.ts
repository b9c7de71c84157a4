/** Generation under all kinds of options: transformers' tokens, independent of the rest of the batch. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { LoadedModel } from "../../model/weights/load.ts";
import { loadedModel } from "../../model/classes/pretrained_model.ts";
import { GOLDEN } from "../../../tests/support/golden.ts";
import type { GenerateInputs } from "../generate_inputs.ts";
import { GenerationConfig } from "../options/generation_config.ts";
import { LlamaForCausalLM } from "../llama_for_causal_lm.ts";
import { collect, goldenPath, prompt, request, runEngine } from "../../../tests/support/generate.ts";
import type { GenerationRequest } from "../options/types.ts";

const golden: { inputs: GenerateInputs; sequences: number[][] }[] = JSON.parse(
  Deno.readTextFileSync(new URL("processed.json", GOLDEN)),
);

let model: LlamaForCausalLM;
let loaded: LoadedModel;
Deno.test.beforeAll(async () => {
  model = await LlamaForCausalLM.fromPretrained(goldenPath("generate"), { kvCache: "float32" });
  loaded = loadedModel(model);
});
Deno.test.afterAll(() => model.dispose());

Deno.test("generate: greedy tokens of transformers under many options", async () => {
  for (const { inputs, sequences } of golden) {
    assertEquals(await model.generate(inputs), sequences, JSON.stringify(inputs));
  }
});

/** Options that run partly on the device, partly on the host. */
const MIXED: Partial<GenerationRequest["options"]>[] = [
  { temperature: 1.5 },
  { temperature: 1.5, typicalP: 0.8 },
  { temperature: 1.3, topK: 20, noRepeatNgramSize: 2 },
  { temperature: 1.5, topP: 0.9, repetitionPenalty: 1.2 },
  { temperature: 1.2, etaCutoff: 0.1, badWordsIds: [[3], [4, 5]] },
  { doSample: false, suppressTokens: [60, 34] },
  { temperature: 2, epsilonCutoff: 0.01, minP: 0.02, repetitionPenalty: 0.9 },
  { doSample: false },
  { temperature: 1.5, sequenceBias: [[[7], 2]], logprobs: 2 },
];

Deno.test("generate: rare options give the same tokens in any batch, order and company", async () => {
  const requests = MIXED.map((options, i) =>
    request(prompt(i, [3, 9, 1, 17, 6, 4, 12, 8, 2][i]), {
      maxNewTokens: [12, 9, 20, 1, 14, 8, 16, 3, 10][i],
      doSample: true,
      seed: BigInt(i % 2) + 5n,
      ...options,
    }, i % 3)
  );
  const shuffled = [4, 8, 0, 3, 7, 1, 6, 2, 5];
  const [alone, reversed, mixed] = await Promise.all([
    runEngine({ model: loaded }, (engine) => collect(engine, requests)),
    runEngine({ model: loaded, batchSize: 8 }, (engine) => collect(engine, requests.toReversed())),
    runEngine({ model: loaded, batchSize: 3 }, (engine) => collect(engine, shuffled.map((i) => requests[i]))),
  ]);
  requests.forEach(({ options }, i) => {
    assertEquals(alone[i].tokens.length, options.maxNewTokens);
    assertEquals(reversed[8 - i].tokens, alone[i].tokens, `request ${i} of a batch of 8`);
    assertEquals(mixed[shuffled.indexOf(i)].tokens, alone[i].tokens, `request ${i} of a batch of 3`);
    assertEquals(mixed[shuffled.indexOf(i)].logprobs, alone[i].logprobs);
  });
});

Deno.test("generate: host and device draw the same tokens by the same options", async () => {
  const options = MIXED.filter((one) => one.typicalP === undefined && one.doSample !== false);
  const plain = options.map(({ temperature, topK, topP, minP, repetitionPenalty }, i) =>
    request(prompt(i, 4 + i), {
      maxNewTokens: 20,
      doSample: true,
      seed: BigInt(i),
      temperature,
      topK: topK ?? 0,
      topP: topP ?? 1,
      minP: minP ?? 0,
      repetitionPenalty: repetitionPenalty ?? 1,
      eosTokenIds: [2, 9],
      minNewTokens: 20,
    })
  );
  // Suppressing an already blocked token changes nothing, but moves the choice to the host.
  const host = plain.map((one) => ({ ...one, options: { ...one.options, suppressTokens: [2] } }));
  const made = await runEngine(
    { model: loaded, batchSize: 8 },
    (engine) => collect(engine, [...plain, ...host]),
  );
  const tokens = made.map((one) => one.tokens);
  assertEquals(tokens.slice(plain.length), tokens.slice(0, plain.length));
});

Deno.test("generate: stop texts, time, a streamer, an abort", async () => {
  const inputIds = [[1, 9, 4]];
  const [all] = await model.generate({ inputIds, maxNewTokens: 12, eosTokenId: null });
  const tokenizer = { decode: (ids: number[]) => ids.map((id) => `<${id}>`).join("") };

  const stop = `${all[5]}><${all[6]}`;
  const [stopped] = await model.generate({
    inputIds,
    maxNewTokens: 12,
    tokenizer,
    stopStrings: ["zz", stop],
  });
  assertEquals(stopped, all.slice(0, 7));

  const [late] = await model.generate({ inputIds, maxNewTokens: 50, eosTokenId: null, maxTime: 0 });
  assertEquals(late, all.slice(0, 4), "at least one token is generated");

  const put: (readonly number[])[] = [];
  let ends = 0;
  const streamer = { put: (tokens: readonly number[]) => void put.push(tokens), end: () => void ends++ };
  await model.generate({ inputIds, maxNewTokens: 12, eosTokenId: null, streamer });
  assertEquals([put[0], put.slice(1).flat(), ends], [inputIds[0], all.slice(3), 1]);
  assert(put.slice(1).every((tokens) => tokens.length === 1));
  await assertRejects(
    () => model.generate({ inputIds: [[1], [2]], streamer }),
    Error,
    "streamer: it takes one sequence, got 2",
  );

  const rows: number[][] = [[], []];
  const reasons: unknown[] = [];
  const two = [inputIds[0], [1, 2]];
  for await (
    const { row, tokens, finishReason } of model.generateStream({
      inputIds: two,
      maxNewTokens: 12,
      eosTokenId: null,
    })
  ) {
    rows[row].push(...tokens);
    if (finishReason) reasons.push(finishReason);
  }
  assertEquals([rows[0], rows[1].length, reasons], [all.slice(3), 12, ["length", "length"]]);

  // Leaving the loop ends the work: the next call need not wait for it.
  for await (const _ of model.generateStream({ inputIds, maxNewTokens: 1e6 })) break;
  const abort = new AbortController();
  const reason = new Error("enough");
  await assertRejects(
    async () => {
      for await (const _ of model.generateStream({ inputIds, maxNewTokens: 1e4, signal: abort.signal })) {
        abort.abort(reason);
      }
    },
    Error,
    "enough",
  );
  await assertRejects(() => model.generate({ inputIds, signal: abort.signal }), Error, "enough");
  assertEquals(await model.generate({ inputIds, maxNewTokens: 12, eosTokenId: null }), [all]);
});

Deno.test("generate: a caller's own processor, and options that leave nothing", async () => {
  const inputIds = [[1, 9, 4]];
  const lengths: number[] = [];
  const [row] = await model.generate({
    inputIds,
    maxNewTokens: 4,
    logitsProcessor: [(ids, scores, { promptLength }) => {
      lengths.push(ids.length - promptLength);
      scores.fill(-Infinity);
      scores[ids.length] = 1;
    }],
  });
  assertEquals([row, lengths], [[1, 9, 4, 3, 4, 5, 6], [0, 1, 2, 3]]);
  const everything = Array.from({ length: 61 }, (_, id) => id);
  for (const doSample of [true, false]) {
    await assertRejects(
      () => model.generate({ inputIds, doSample, suppressTokens: everything }),
      Error,
      "leave no token to choose",
    );
  }
});

Deno.test("generate: the smallest temperature leaves the best token, on the device and on the host", async () => {
  const inputs = { inputIds: [[1, 9, 4]], maxNewTokens: 8, eosTokenId: null };
  const want = await model.generate(inputs);
  for (const temperature of [1e-20, 1e-45, Number.MIN_VALUE]) {
    const cold = { ...inputs, doSample: true, temperature };
    assertEquals(await model.generate(cold), want, `${temperature}`);
    assertEquals(await model.generate({ ...cold, typicalP: 0.9 }), want, `${temperature}, on the host`);
  }
});

Deno.test("generate: a sequence that fails alone leaves the others be, where it is asked to", async () => {
  const everything = Array.from({ length: 61 }, (_, id) => id);
  const requests = [
    request(prompt(1, 4)),
    { ...request(prompt(2, 5), { suppressTokens: everything }), tellsErrors: true },
    request(prompt(3, 6)),
  ];
  const errors: unknown[] = [];
  const run = (those: GenerationRequest[]) =>
    runEngine(
      { model: loaded, batchSize: 3 },
      (engine) =>
        collect(engine, those, ({ index, error, finishReason }) => {
          if (error) errors.push([index, error.message, finishReason]);
        }),
    );
  const [first, failed, third] = await run(requests);
  assertEquals(errors, [[1, "the options leave no token to choose, at generated token 0", "stop"]]);
  assertEquals(failed.tokens, []);
  const [alone, other] = await run([requests[0], requests[2]]);
  assertEquals([first.tokens, third.tokens], [alone.tokens, other.tokens]);
  await assertRejects(() => run([{ ...requests[1], tellsErrors: false }]), Error, "leave no token");
});

Deno.test("generate: the model's own config, the one passed, and the call", async () => {
  const inputIds = [[1, 9, 4]];
  const length = async (inputs: Partial<GenerateInputs>) =>
    (await model.generate({ inputIds, eosTokenId: null, ...inputs }))[0].length - 3;
  const own = model.generationConfig;
  try {
    model.generationConfig.maxNewTokens = 5;
    const generationConfig = new GenerationConfig({ maxNewTokens: 7 });
    assertEquals(
      [
        await length({}),
        await length({ generationConfig }),
        await length({ generationConfig, maxNewTokens: 2 }),
      ],
      [5, 7, 2],
    );
    assertEquals(await length({ maxNewTokens: null, maxLength: 9 }), 6);
  } finally {
    own.maxNewTokens = null;
  }
});
