import { assertAlmostEquals, assertEquals } from "@std/assert";
import { attention, causalMask, MASKED } from "./attention.ts";

const near = (got: Float64Array, want: number[]) => {
  assertEquals(got.length, want.length);
  want.forEach((x, i) => assertAlmostEquals(got[i], x, 1e-12));
};

Deno.test("causalMask: queries at the end, elsewhere, and holes", () => {
  const draw = (mask: Float64Array) => [...mask].map((x) => x === MASKED ? 0 : 1);
  assertEquals(draw(causalMask(2, 3)), [1, 1, 0, 1, 1, 1]);
  assertEquals(draw(causalMask(2, 3, [0, 2])), [1, 0, 0, 1, 1, 1]);
  assertEquals(draw(causalMask(2, 3, undefined, [0, 1, 1])), [0, 1, 0, 0, 1, 1]);
});

Deno.test("attention: one head, scores by hand", () => {
  // headDim 4, so scores are halved: query 1 scores log 1 and log 3.
  const { output, weights } = attention({
    q: Float64Array.of(9, 9, 9, 9, 2 * Math.log(3), 0, 0, 0),
    k: Float64Array.of(0, 7, 0, 0, 1, -7, 0, 0),
    v: Float64Array.of(4, 0, 1, 0, 8, 0, 0, 1),
    ...{ queries: 2, keys: 2, heads: 1, keyValueHeads: 1, headDim: 4 },
  });
  near(weights, [1, 0, 0.25, 0.75]);
  near(output, [4, 0, 1, 0, 7, 0, 0.25, 0.75]);
});

Deno.test("attention: heads 0,1 read key head 0, heads 2,3 read key head 1", () => {
  const { output } = attention({
    q: new Float64Array(4),
    k: new Float64Array(2),
    v: Float64Array.of(5, 6),
    ...{ queries: 1, keys: 1, heads: 4, keyValueHeads: 2, headDim: 1 },
  });
  near(output, [5, 5, 6, 6]);
});

Deno.test("attention: a float mask shifts scores; a row without any key is the mean", () => {
  const input = {
    q: new Float64Array(2),
    k: new Float64Array(2),
    v: Float64Array.of(2, 6),
    ...{ queries: 2, keys: 2, heads: 1, keyValueHeads: 1, headDim: 1 },
  };
  near(attention({ ...input, mask: Float64Array.of(0, Math.log(3), MASKED, MASKED) }).output, [5, 4]);
});
