import { assert, assertEquals, assertRejects } from "@std/assert";
import golden from "../../../testdata/golden/guidance.json" with { type: "json" };
import { camelCase } from "../../base/names.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { GenerationConfig } from "../options/generation_config.ts";
import type { GenerateInputs } from "../generate_inputs.ts";
import { LlamaForCausalLM } from "../llama_for_causal_lm.ts";
import { goldenPath } from "../../../tests/support/generate.ts";

let model: LlamaForCausalLM;
Deno.test.beforeAll(async () => {
  model = await LlamaForCausalLM.fromPretrained(goldenPath("generate"), { kvCache: "float32" });
});
Deno.test.afterAll(() => model.dispose());

const inputs: GenerateInputs = {
  inputIds: golden.input_ids,
  attentionMask: golden.input_ids.map((row) => row.map(() => 1)),
  maxNewTokens: 8,
  doSample: false,
  eosTokenId: null,
  padTokenId: 0,
};

/** Compares the first steps with the reference's; null marks a removed token there. */
async function assertSteps(steps: readonly Tensor[], expected: (number | null)[][][]): Promise<void> {
  assertEquals(steps.length, 8);
  for (const [step, rows] of expected.entries()) {
    const want = rows.flat();
    assertEquals(steps[step].shape, [rows.length, rows[0].length]);
    for (const [i, got] of (await steps[step].data()).entries()) {
      assert(
        want[i] === null ? got === -Infinity : Math.abs(got - want[i]) < 1e-3,
        `${step}: ${got}, ${want[i]}`,
      );
    }
  }
}

for (const { options, sequences, scores, logits } of golden.cases) {
  Deno.test(`generate: sequences, scores and logits with ${JSON.stringify(options).slice(0, 80)}`, async () => {
    const given = Object.fromEntries(
      Object.entries(options).map(([name, value]) => [camelCase(name), value]),
    );
    const asked = { returnDictInGenerate: true, outputScores: true, outputLogits: true } as const;
    const out = await model.generate({ ...inputs, ...given, ...asked });
    assertEquals(out.sequences, sequences);
    await assertSteps(out.scores!, scores);
    await assertSteps(out.logits!, logits);
    assertEquals(await model.generate({ ...inputs, ...given }), sequences, "rows alone");
  });
}

Deno.test("generate: what returnDictInGenerate holds, and rows that end early", async () => {
  const bare = await model.generate({ ...inputs, returnDictInGenerate: true });
  assertEquals(Object.keys(bare), ["sequences"]);
  assertEquals(bare.sequences, golden.cases[0].sequences);
  const config = GenerationConfig.from({ returnDictInGenerate: true, outputScores: true });
  assertEquals(Object.keys(await model.generate({ ...inputs, generationConfig: config })), [
    "sequences",
    "scores",
  ]);
  assertEquals(await model.generate({ ...inputs, outputScores: true }), bare.sequences, "rows alone");
  const [one, other] = bare.sequences.map((row) => row.slice(6));
  const at = one.findIndex((token) => !other.includes(token));
  const early = await model.generate({
    ...{ ...inputs, eosTokenId: one[at], returnDictInGenerate: true, outputLogits: true },
  });
  assertEquals(early.scores, undefined);
  const [, vocabSize] = early.logits![at + 1].shape;
  const values = await early.logits![at + 1].data();
  assertEquals(values.slice(0, vocabSize), new Float32Array(vocabSize));
  assert(values.slice(vocabSize).some((value) => value !== 0));
  const beams = { ...inputs, numBeams: 2, returnDictInGenerate: true } as const;
  assertEquals(
    (await model.generate(beams)).sequences,
    await model.generate({ ...beams, returnDictInGenerate: null }),
  );
  await assertRejects(
    () => model.generate({ ...beams, outputScores: true }),
    Error,
    "outputScores: numBeams",
  );
});

Deno.test("generate: negative prompts that do not fit are named", async () => {
  const refused = (more: Partial<GenerateInputs>, words: string) =>
    assertRejects(() => model.generate({ ...inputs, guidanceScale: 2, ...more }), Error, words);
  await refused(
    { negativePromptIds: [[1]] },
    "negativePromptIds: expected a row for each of the 2 prompts, got 1",
  );
  await refused({ negativePromptIds: [[1], [1e6]] }, "token id 1000000");
  await refused(
    { negativePromptIds: [[1], [2]], negativePromptAttentionMask: [[1]] },
    "negativePromptAttentionMask",
  );
  await refused({ numBeams: 2 }, "guidanceScale go with one sequence");
  await refused({ guidanceScale: NaN }, "guidanceScale: expected a finite number");
});
