/** Every folder of testdata/tasks through the classes: users get the answers of transformers' pipelines. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { LlamaPreTrainedModel } from "../model/classes/pretrained_model.ts";
import { LlamaForQuestionAnswering } from "../model/classes/question_answering.ts";
import { LlamaForSequenceClassification } from "../model/classes/sequence_classification.ts";
import { LlamaForTokenClassification } from "../model/classes/token_classification.ts";
import { LlamaTokenizerFast } from "../tokenizer/mod.ts";
import { type Question, QuestionAnswering, TextClassification, TokenClassification } from "./mod.ts";

const TESTDATA = new URL("../../testdata/", import.meta.url);

interface Golden {
  task: "text-classification" | "token-classification" | "question-answering";
  calls: { inputs: string | Question; options: Record<string, unknown>; result: unknown }[];
}

const camel = (options: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()),
      value,
    ]),
  );

/** Asserts equality, with scores within 1e-3 of the largest. */
function assertResult(got: unknown, want: unknown, what: string) {
  const scores = (value: unknown) => [value].flat().map((one) => (one as { score: number }).score);
  const others = (value: unknown) => [value].flat().map((one) => ({ ...one as object, score: 0 }));
  assertEquals(others(got), others(want), what);
  const largest = Math.max(...scores(want).map(Math.abs), 0);
  scores(want).forEach((score, i) => assertAlmostEquals(scores(got)[i], score, 1e-3 * largest, what));
}

Deno.test("tasks: the answers of transformers' pipelines", async (t) => {
  const models: LlamaPreTrainedModel[] = [];
  const options = (): { device?: LlamaPreTrainedModel; dtype: "float32" } => ({
    device: models[0],
    dtype: "float32",
  });
  const kept = <Model extends LlamaPreTrainedModel>(model: Model): Model => {
    models.push(model);
    return model;
  };
  const names = [...Deno.readDirSync(new URL("tasks/", TESTDATA))].filter((entry) => entry.isDirectory);
  assertEquals(names.length, 9);
  for (const { name } of names) {
    await t.step(name, async () => {
      const folder = fromFileUrl(new URL(`tasks/${name}`, TESTDATA));
      const golden: Golden = JSON.parse(await Deno.readTextFile(`${folder}/expected.json`));
      const own = [...Deno.readDirSync(folder)].some((entry) => entry.name === "tokenizer.json");
      const tokenizer = await LlamaTokenizerFast.fromPretrained(
        own ? folder : fromFileUrl(new URL("default-model", TESTDATA)),
      );
      let answer: (inputs: string & Question, options: Record<string, unknown>) => Promise<unknown>;
      if (golden.task === "text-classification") {
        const model = kept(await LlamaForSequenceClassification.fromPretrained(folder, options()));
        const task = new TextClassification(model, tokenizer);
        answer = (inputs, options) => task.run(inputs, options);
      } else if (golden.task === "token-classification") {
        const model = kept(await LlamaForTokenClassification.fromPretrained(folder, options()));
        const task = new TokenClassification(model, tokenizer);
        answer = (inputs, options) => task.run(inputs, options);
      } else {
        const model = kept(await LlamaForQuestionAnswering.fromPretrained(folder, options()));
        const task = new QuestionAnswering(model, tokenizer);
        answer = (inputs, options) => task.run(inputs, options);
      }
      for (const { inputs, options, result } of golden.calls) {
        const got = await answer(inputs as string & Question, camel(options));
        assertResult(got, [result].flat(), JSON.stringify(inputs).slice(0, 60) + JSON.stringify(options));
      }
    });
  }
  for (const model of models.toReversed()) model.dispose();
});
