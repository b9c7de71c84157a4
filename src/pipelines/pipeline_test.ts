import { assertEquals, assertInstanceOf, assertNotEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { GenerateInputs } from "../generate/generate_inputs.ts";
import { LlamaForCausalLM } from "../generate/llama_for_causal_lm.ts";
import { LlamaForSequenceClassification } from "../model/classes/sequence_classification.ts";
import { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { pipeline, TextGenerationPipeline } from "./mod.ts";

const path = (name: string) => fromFileUrl(new URL(`../../testdata/${name}`, import.meta.url));
const GREEDY = { doSample: false, maxNewTokens: 4 };

Deno.test("a pipeline is a function with a model, a tokenizer and an end; it samples by default", async () => {
  const generate = await pipeline("text-generation", undefined, { maxNewTokens: 12 });
  assertInstanceOf(generate, TextGenerationPipeline);
  assertInstanceOf(generate.model, LlamaForCausalLM);
  assertInstanceOf(generate.tokenizer, LlamaTokenizerFast);
  const texts = async (seed: number) =>
    (await generate(["The sun", "Water is"], { seed })).map(([{ generated_text }]) => generated_text);
  const first = await texts(1);
  assertEquals(await texts(1), first);
  assertNotEquals(await texts(2), first);
  const [drawn] = await generate("The sun", { seed: 1 });
  assertEquals(drawn.generated_text, first[0]);
  const several = await generate("The sun", { numReturnSequences: 3, seed: 1 });
  assertEquals([several.length, several[0].generated_text], [3, first[0]]);

  // A model that was passed in outlives the pipeline.
  const { model, tokenizer } = generate;
  const second = await pipeline("text-generation", model, { tokenizer });
  second.dispose();
  const greedy = await generate("The sun", GREEDY);
  assertEquals(await second("The sun", GREEDY), greedy);
  generate.dispose();
  await assertRejects(() => second("The sun", GREEDY), Error, "the model was disposed");
});

/** A pipeline whose model records its inputs and answers with one token. */
async function recorder(generationConfig: Record<string, unknown>) {
  const calls: Record<string, unknown>[] = [];
  const model = await LlamaForCausalLM.fromPretrained(path("golden/tied"));
  Object.assign(model.generationConfig, { maxLength: 20, padTokenId: null }, generationConfig);
  model.dispose();
  const generated = (inputs: GenerateInputs) => {
    calls.push({ ...inputs, tokenizer: undefined });
    return Promise.resolve([...inputs.inputIds as number[][]].map((row) => [...row, 5]));
  };
  Object.assign(model, { generate: generated });
  const tokenizer = await LlamaTokenizerFast.fromPretrained(path("default-model"));
  return { generate: await pipeline("text-generation", model, { tokenizer }), calls };
}

Deno.test("text-generation: call over model over the pipeline's 256 tokens, sampled at 0.7", async () => {
  const fields = ["maxNewTokens", "maxLength", "doSample", "temperature", "padTokenId"];
  const told = async (own: Record<string, unknown>, call: Record<string, unknown> = {}) => {
    const { generate, calls } = await recorder(own);
    await generate("a", call);
    return fields.map((field) => calls[0][field]);
  };
  assertEquals(await told({}), [256, undefined, true, 0.7, 0]);
  assertEquals(await told({ maxNewTokens: 9, temperature: 0.5 }), [undefined, undefined, true, undefined, 0]);
  assertEquals(await told({ maxLength: 50, padTokenId: 1 }), [undefined, undefined, true, 0.7, undefined]);
  assertEquals(await told({}, { maxLength: 50, doSample: false }), [undefined, 50, false, 0.7, 0]);
  assertEquals(await told({}, { maxNewTokens: 3, temperature: 1 }), [3, undefined, true, 1, 0]);
  const generationConfig = new (await import("../generate/options/generation_config.ts")).GenerationConfig({
    maxNewTokens: 7,
  });
  assertEquals(await told({}, { generationConfig }), [undefined, undefined, undefined, undefined, 0]);
});

Deno.test("text-generation: prompts share a batch only if padding has no effect", async () => {
  const { generate, calls } = await recorder({});
  const rows = async (prompts: string[], call: Record<string, unknown>) => {
    calls.length = 0;
    await generate(prompts, call);
    return calls.map(({ inputIds }) => (inputIds as number[][]).length);
  };
  assertEquals(await rows(["a", "b c"], {}), [2]);
  assertEquals(await rows(["a", "b <unk>"], {}), [1, 1]);
  assertEquals(await rows(["a", "b c"], { returnTensors: true }), [1, 1]);
  assertEquals(await rows(["a", "b c"], { skipSpecialTokens: false }), [1, 1]);
  assertEquals(await rows(["a", "b c"], { maxLength: 30 }), [1, 1]);
});

Deno.test("question-answering takes a question and a context too", async () => {
  const folder = path("tasks/question_right");
  const answer = await pipeline("question-answering", folder, { topK: 2 });
  try {
    const context = "The sun is a star.";
    const both = await answer({ question: "What?", context }, { topK: 2 });
    assertEquals<unknown>(await answer("What?", context), both);
    const [best, ...others] = [both].flat();
    assertEquals(others.length, 1);
    assertEquals(await answer([{ question: "What?", context }], { topK: 1 }), [best]);
    await assertRejects(() => answer({ question: ["a", "b"], context: ["c"] }), Error, "expected 2 texts");
    await assertRejects(() => answer("a" as never), Error, "context: expected a text");
  } finally {
    answer.dispose();
  }
});

Deno.test("an invalid task or input is an error of one line", async () => {
  await assertRejects(() => pipeline("translation" as never, "x"), Error, 'got "translation"');
  await assertRejects(() => pipeline("text-generation", "no/such"), Error, "no/such");
  await assertRejects(() => pipeline("text-classification", path("default-model")), Error, "score.weight");
  const model = await LlamaForSequenceClassification.fromPretrained(path("tasks/text_three"));
  try {
    await assertRejects(() => pipeline("text-classification", model), Error, "tokenizer: expected one");
    const tokenizer = path("tasks/text_three");
    await assertRejects(
      () => pipeline("text-generation", model as never, { tokenizer }),
      Error,
      "expected a LlamaForCausalLM for text-generation, got a LlamaForSequenceClassification",
    );
    const classify = await pipeline("sentiment-analysis", model, { tokenizer });
    await assertRejects(() => classify([]), Error, "empty list");
    await assertRejects(() => classify("a", { topK: 0 }), Error, "top_k");
  } finally {
    model.dispose();
  }
  const { generate } = await recorder({});
  await assertRejects(() => generate([]), Error, "empty list");
  await assertRejects(
    () => generate([{ role: "user", text: "a" }]),
    Error,
    'message 0: expected an object with "role" and "content"',
  );
});
