import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { LlamaConfig } from "../checkpoint/config/config.ts";
import type { GenerateInputs } from "./generate_inputs.ts";
import { LlamaForCausalLM } from "./llama_for_causal_lm.ts";

const folder = fromFileUrl(new URL("../../testdata/golden/generate", import.meta.url));

Deno.test("generate", async (test) => {
  const model = await LlamaForCausalLM.fromPretrained(folder);
  const prompt = [1, 9, 4];
  const greedy = (await model.generate({ inputIds: [prompt], maxNewTokens: 12, eosTokenId: null }))[0];
  try {
    await test.step("lengths", async () => {
      assertEquals(greedy.length, 15);
      const lengths = async (inputs: Partial<GenerateInputs>) =>
        (await model.generate({ inputIds: [prompt], eosTokenId: null, ...inputs })).map((row) => row.length);
      assertEquals(await lengths({}), [23]);
      assertEquals(await lengths({ maxLength: 9 }), [9]);
      assertEquals(await lengths({ maxLength: 9, maxNewTokens: 2 }), [5]);
      assertEquals(await lengths({ inputIds: [Array(60).fill(5)] }), [64], "stays within the context");
      assertEquals(await lengths({ maxNewTokens: 70 }), [73], "but for a wish");
    });

    await test.step("rows end at an end token and are filled", async () => {
      const eosTokenId = greedy[6];
      const end = greedy.indexOf(eosTokenId, 3) + 1;
      const [row, other] = await model.generate({
        inputIds: [prompt, [1, 30]],
        maxNewTokens: 12,
        eosTokenId: [eosTokenId],
        padTokenId: 0,
      });
      assertEquals(row.slice(0, end), greedy.slice(0, end));
      assert(row.slice(end).every((token) => token === 0) && row.length === Math.max(end, other.length));
      const [late] = await model.generate({
        inputIds: [prompt],
        maxNewTokens: 12,
        eosTokenId,
        minNewTokens: 8,
      });
      assert(late.length >= 11 && !late.slice(3, 11).includes(eosTokenId));
      const [later] = await model.generate({
        inputIds: [prompt],
        maxNewTokens: 12,
        eosTokenId,
        minLength: 11,
      });
      assertEquals(later, late);
    });

    await test.step("padding and neighbours change nothing", async () => {
      const rows = await model.generate({
        inputIds: [[0, 0, ...prompt], [1, 2, 3, 4, 5]],
        attentionMask: [[0, 0, 1, 1, 1], [1, 1, 1, 1, 1]],
        maxNewTokens: 12,
        eosTokenId: null,
        cacheImplementation: "static",
      });
      assertEquals(rows[0], [0, 0, ...greedy]);
      const ragged = await model.generate({
        inputIds: [prompt, [1, 2]],
        maxNewTokens: 2,
        eosTokenId: null,
        padTokenId: 7,
      });
      assertEquals(ragged[0], greedy.slice(0, 5));
      assertEquals([ragged[1].length, ragged[1][4]], [5, 7]);
    });

    await test.step("sampling", async () => {
      const options = {
        inputIds: [prompt],
        doSample: true,
        maxNewTokens: 10,
        temperature: 1.5,
        eosTokenId: null,
      };
      const [one] = await model.generate({ ...options, seed: 5 });
      assertEquals(await model.generate({ ...options, seed: 5n, cacheImplementation: "dynamic" }), [one]);
      assert((await model.generate({ ...options, seed: 6 })).join() !== one.join());
      const three = await model.generate({ ...options, seed: 5, numReturnSequences: 3 });
      assertEquals(new Set(three.map(String)).size, 3);
      assertEquals(three[0], one);
      assertEquals((await model.generate({ ...options, topK: 1 }))[0], greedy.slice(0, 13));
      assertEquals((await model.generate({ ...options, temperature: 0 }))[0], greedy.slice(0, 13));
    });

    await test.step("calls at once wait for each other", async () => {
      const calls = [1, 2, 3].map((n) =>
        model.generate({ inputIds: [prompt], maxNewTokens: n, eosTokenId: null })
      );
      assertEquals((await Promise.all(calls)).flat(), [1, 2, 3].map((n) => greedy.slice(0, 3 + n)));
    });

    await test.step("refusals name the option", async () => {
      const refused = (inputs: Record<string, unknown>, message: string) =>
        assertRejects(
          () => model.generate({ inputIds: [prompt], ...inputs } as GenerateInputs),
          Error,
          message,
        );
      await refused(
        { numBeams: 2, numReturnSequences: 3 },
        "numReturnSequences: 3 are more than numBeams, 2",
      );
      await refused({ numBeams: 2, promptLookupNumTokens: 3 }, "promptLookupNumTokens");
      await refused({ numBeams: 0 }, "numBeams");
      await refused({ numBeams: 2, earlyStopping: "always" }, "earlyStopping");
      await refused({ badWordsIds: [3] }, "badWordsIds.0: expected lists of token ids, got 3");
      await refused({ penaltyAlpha: 2 }, "penaltyAlpha");
      await refused({ stopStrings: "x" }, "stopStrings: they need a tokenizer");
      await refused({ max_new_tokens: 4 }, "max_new_tokens");
      await refused({ doSample: true, typicalP: 0 }, "typicalP");
      await refused({ cacheImplementation: "offloaded" }, "cacheImplementation");
      await refused({ numReturnSequences: 2 }, "numReturnSequences");
      await refused({ maxLength: 3 }, "maxLength is 3");
      await refused({ temperature: -1 }, "temperature");
      await refused({ repetitionPenalty: 0 }, "repetitionPenalty");
      await refused({ seed: -1 }, "seed");
      await refused({ inputIds: [[]] }, "inputIds: empty");
      await refused({ inputIds: [[1, 99]] }, "token id 99");
      await refused({ attentionMask: [[1, 1]] }, "attentionMask");
      await refused({ attentionMask: [[1, 1, 0]] }, "row 0 ends in padding");
      await refused({ attentionMask: [[0, 0, 0]] }, "row 0 is nothing but padding");
      // Values that request nothing are accepted.
      await model.generate(
        { inputIds: [prompt], maxNewTokens: 1, numBeams: 1, badWordsIds: [] } as GenerateInputs,
      );
    });
  } finally {
    model.dispose();
  }
});

Deno.test("generation_config.json is heeded, and wins over config.json", async () => {
  const copy = await Deno.makeTempDir();
  let model: LlamaForCausalLM | undefined;
  try {
    for (const name of ["config.json", "model.safetensors"]) {
      await Deno.copyFile(join(folder, name), join(copy, name));
    }
    const write = (values: unknown) =>
      Deno.writeTextFile(join(copy, "generation_config.json"), JSON.stringify(values));
    await write({
      max_new_tokens: 4,
      eos_token_id: [59, 60],
      pad_token_id: 3,
      top_k: null,
      transformers_version: "4",
    });
    model = await LlamaForCausalLM.fromPretrained(copy);
    const inputs = { inputIds: [[1, 9, 4]] };
    assertEquals((await model.generate(inputs))[0].length, 7);
    assertEquals((await model.generate({ ...inputs, maxNewTokens: 2 }))[0].length, 5);
    assertEquals((await model.generate({ ...inputs, maxLength: 8 }))[0].length, 7, "maxNewTokens wins");

    await write({ penalty_alpha: 2 });
    const picky = await LlamaForCausalLM.fromPretrained(copy, { device: model });
    await assertRejects(() => picky.generate(inputs), Error, "penaltyAlpha");
    assertEquals(
      (await picky.generate({ ...inputs, maxNewTokens: 1, penaltyAlpha: 0 } as GenerateInputs)).length,
      1,
    );
    picky.dispose();
    await Deno.writeTextFile(join(copy, "generation_config.json"), "[]");
    await assertRejects(() => LlamaForCausalLM.fromPretrained(copy), Error, "generation_config.json");
  } finally {
    model?.dispose();
    await Deno.remove(copy, { recursive: true });
  }
});

Deno.test("random models: equal seeds, equal weights", async () => {
  const config = LlamaConfig.from({ ...await LlamaConfig.fromPretrained(folder), initializerRange: 0.3 });
  const first = await LlamaForCausalLM.fromConfig(config, { seed: 1 });
  const others = await Promise.all(
    [1, 2].map((seed) => LlamaForCausalLM.fromConfig(config, { seed, device: first })),
  );
  try {
    const logits = async (
      model: LlamaForCausalLM,
    ) => (await (await model.forward({ inputIds: [[1, 2]] })).logits.data());
    const [a, b, c] = [await logits(first), await logits(others[0]), await logits(others[1])];
    assertEquals(a, b);
    assert(a.every(Number.isFinite) && a.some((value, i) => Math.abs(value - c[i]) > 0.1));
  } finally {
    for (const model of [...others, first]) model.dispose();
  }
});
