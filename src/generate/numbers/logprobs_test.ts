import { assertAlmostEquals, assertEquals } from "@std/assert";
import { logSoftmax } from "../../reference/softmax.ts";
import { describeLogprobs, logSumExp, topTokens } from "./logprobs.ts";

const logits = Float32Array.of(1, 4, -2, 4, 0.5, 3);

Deno.test("logSumExp: without overflow", () => {
  assertAlmostEquals(logSumExp(Float32Array.of(1000, 1000)), 1000 + Math.log(2), 1e-12);
  assertAlmostEquals(logSumExp(Float32Array.of(-1000, -Infinity)), -1000, 1e-12);
});

Deno.test("topTokens: best first, of equal ones the lower id", () => {
  assertEquals(topTokens(logits, 4), [1, 3, 5, 0]);
  assertEquals(topTokens(logits, 1), [1]);
  assertEquals(topTokens(logits, 0), []);
  assertEquals(topTokens(logits, 99).length, 6);
});

Deno.test("describeLogprobs: the token's own, and the best", () => {
  const want = logSoftmax(Float64Array.from(logits), 1, 6);
  const { token, logprob, top } = describeLogprobs(logits, 5, 2);
  assertEquals([token, top.map(([id]) => id)], [5, [1, 3]]);
  assertAlmostEquals(logprob, want[5], 1e-12);
  top.forEach(([id, value]) => assertAlmostEquals(value, want[id], 1e-12));
});
