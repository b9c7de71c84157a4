import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { LlamaConfig } from "../checkpoint/config/config.ts";
import { checkTokenCount, checkTopK } from "./options.ts";
import { softmax } from "./probabilities.ts";
import { labelScores } from "./text_classification.ts";
import { bestLabel } from "./token_classification.ts";

Deno.test("the problem type chooses the function of the logits, else the number of labels", () => {
  const scores = (logits: number[], config: Record<string, unknown>) =>
    labelScores(logits, LlamaConfig.from(config)).map((
      { label, score },
    ) => [label, Math.round(score * 1e4) / 1e4]);
  assertEquals(scores([0, Math.log(3)], {}), [["LABEL_1", 0.75], ["LABEL_0", 0.25]]);
  assertEquals(scores([Math.log(3)], { num_labels: 1 }), [["LABEL_0", 0.75]]);
  assertEquals(scores([-7.5], { num_labels: 1, problem_type: "regression" }), [["LABEL_0", -7.5]]);
  assertEquals(
    scores([0, Math.log(3)], { problem_type: "multi_label_classification" }),
    [["LABEL_1", 0.75], ["LABEL_0", 0.5]],
  );
  assertEquals(scores([1, 1], { id2label: { 0: "bad", 1: "good" } }), [["bad", 0.5], ["good", 0.5]]);
});

Deno.test("the function of the logits can be set", () => {
  const config = LlamaConfig.from({});
  const scores = (name: "none" | "sigmoid" | "softmax") =>
    labelScores([0, Math.log(3)], config, name).map(({ score }) => Math.round(score * 1e4) / 1e4);
  assertEquals([scores("none"), scores("sigmoid"), scores("softmax")], [[1.0986, 0], [0.75, 0.5], [
    0.75,
    0.25,
  ]]);
  assertThrows(() => labelScores([1], config, "relu" as "none"), Error, "sigmoid, softmax or none, got relu");
});

Deno.test("large logits do not overflow", () => {
  assertEquals(labelScores([1000, 0], LlamaConfig.from({})).map(({ score }) => score), [1, 0]);
  const { label, score } = bestLabel(softmax([900, 901]), { 0: "O", 1: "B" });
  assertEquals(label, "B");
  assertAlmostEquals(score, 1 / (1 + Math.exp(-1)), 1e-12);
});

Deno.test("inputs that do not fit are errors with both counts", () => {
  assertThrows(() => checkTokenCount(9, 8), Error, "the text has 9 tokens, the context holds 8");
  assertThrows(() => checkTokenCount(0, 8), Error, "at least one token");
  assertThrows(() => checkTopK(1.5), Error, "got 1.5");
});
