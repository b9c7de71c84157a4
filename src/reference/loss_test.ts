import { assertAlmostEquals, assertEquals } from "@std/assert";
import { binaryCrossEntropy, causalLoss, crossEntropy, meanSquaredError, spanLoss } from "./loss.ts";

const log = Math.log;

Deno.test("crossEntropy: mean over the rows that count", () => {
  const logits = Float64Array.of(log(1), log(3), log(5), log(5), 9, -9);
  assertAlmostEquals(crossEntropy(logits, [1, 0, -100], 2), (-log(0.75) - log(0.5)) / 2, 1e-15);
  assertEquals(crossEntropy(logits, [-100, -100, -100], 2), NaN);
});

Deno.test("causalLoss: each token judges the one before it, in every row of the batch", () => {
  const logits = Float64Array.of(log(1), log(3), 0, 0, log(9), log(1), 7, 7);
  assertAlmostEquals(causalLoss(logits, [[0, 1], [1, 0]], 2), (-log(0.75) - log(0.9)) / 2, 1e-15);
});

Deno.test("meanSquaredError and binaryCrossEntropy", () => {
  assertEquals(meanSquaredError([1, 2], [3, 2]), 2);
  assertAlmostEquals(binaryCrossEntropy([0, log(3)], [1, 0]), (log(2) + log(4)) / 2, 1e-15);
  assertEquals(binaryCrossEntropy([800], [1]), 0);
});

Deno.test("spanLoss: a start behind the tokens does not count", () => {
  const flat = new Float64Array(4);
  assertAlmostEquals(spanLoss(flat, flat, [0, 9], [1, -3], 2), log(2), 1e-15);
});
