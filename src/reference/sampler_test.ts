import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  keepMinP,
  keepTopK,
  keepTopP,
  penalizeRepetition,
  pickToken,
  sampleDistribution,
} from "./sampler.ts";

/** Scores whose softmax is exactly these shares. */
const scoresOf = (...shares: number[]) => Float64Array.from(shares, Math.log);
const kept = (scores: Float64Array) => [...scores.keys()].filter((id) => scores[id] > -Infinity);

Deno.test("penalizeRepetition: divides above zero, multiplies below, once", () => {
  assertEquals([...penalizeRepetition(Float64Array.of(4, -4, 6), [0, 1, 0], 2)], [2, -8, 6]);
});

Deno.test("keepTopK: ties of the k-th stay", () => {
  assertEquals(kept(keepTopK(Float64Array.of(1, 5, 3, 3, 0), 2)), [1, 2, 3]);
  assertEquals(kept(keepTopK(Float64Array.of(1, 5), 9)), [0, 1]);
});

Deno.test("keepTopP: the fewest that reach p; one always stays", () => {
  const scores = scoresOf(0.1, 0.5, 0.15, 0.25);
  assertEquals(kept(keepTopP(scores, 0.7)), [1, 3]);
  assertEquals(kept(keepTopP(scores, 0.8)), [1, 2, 3]);
  assertEquals(kept(keepTopP(scores, 1e-9)), [1]);
});

Deno.test("keepMinP: relative to the most likely", () => {
  assertEquals(kept(keepMinP(scoresOf(0.1, 0.5, 0.15, 0.25), 0.25)), [1, 2, 3]);
});

Deno.test("sampleDistribution: temperature before top-p, removed tokens get 0, the rest sums to 1", () => {
  // Temperature 1/2 squares the shares: 1, 25, 2.25, 6.25 of 34.5; 0.9 needs the two largest.
  const p = sampleDistribution(scoresOf(0.1, 0.5, 0.15, 0.25), { temperature: 0.5, topP: 0.9 });
  [0, 25 / 31.25, 0, 6.25 / 31.25].forEach((want, id) => assertAlmostEquals(p[id], want, 1e-12));
});

Deno.test("sampleDistribution: top-k renormalises before top-p sees it", () => {
  // Between 0.4 and 0.3 the first has a share of 0.571, enough for 0.55; among all four it has less.
  const p = sampleDistribution(scoresOf(0.4, 0.3, 0.2, 0.1), { topK: 2, topP: 0.55 });
  assertEquals([...p].map((x) => x > 0), [true, false, false, false]);
});

Deno.test("sampleDistribution: nothing on is the plain softmax", () => {
  const p = sampleDistribution(scoresOf(0.1, 0.9), {}, [0]);
  assertAlmostEquals(p[0], 0.1, 1e-15);
});

Deno.test("pickToken: walks the ids, never picks an impossible one", () => {
  const p = Float64Array.of(0.25, 0, 0.75, 0);
  assertEquals([0, 0.24, 0.25, 0.999].map((u) => pickToken(p, u)), [0, 0, 2, 2]);
  assertEquals(pickToken(Float64Array.of(0.5, 0.4999999, 0), 0.99999995), 1);
});
