import { assert, assertEquals } from "@std/assert";
import { drawWithoutReplacement, uniformAt } from "./draw.ts";

const DRAWS = 10_000;

Deno.test("drawWithoutReplacement: pairs have the expected frequencies", () => {
  const scores = Float32Array.from([0.5, -1, 1.2, -Infinity, 0]);
  const weights = scores.map((score) => Math.exp(score));
  const total = weights.reduce((sum, weight) => sum + weight);
  const counts = new Map<string, number>();
  for (let step = 0; step < DRAWS; step++) {
    const pair = String(drawWithoutReplacement(scores, 2, (draw) => uniformAt(5n, step, 0, draw)));
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  let chiSquare = 0;
  for (const a of [0, 1, 2, 4]) {
    for (const b of [0, 1, 2, 4]) {
      if (a === b) continue;
      const want = DRAWS * weights[a] / total * weights[b] / (total - weights[a]);
      chiSquare += ((counts.get(`${a},${b}`) ?? 0) - want) ** 2 / want;
      counts.delete(`${a},${b}`);
    }
  }
  assertEquals([...counts.keys()], [], "nothing twice, nothing impossible");
  // 11 degrees of freedom: exceeded once in 100,000.
  assert(chiSquare < 43, `chi-square ${chiSquare}`);
});

Deno.test("drawWithoutReplacement: if too few have nonzero probability, the best of the others follow", () => {
  const scores = Float32Array.from([-1e9, 3, -Infinity, -0.9e9]);
  assertEquals(drawWithoutReplacement(scores, 3, () => 0.5), [1, 3, 0]);
  assertEquals(drawWithoutReplacement(scores, 1, () => 0.999999999), [1]);
});

Deno.test("uniformAt: depends on every argument, and is reproducible", () => {
  const [seed, step, sequence, draw] = [1n, 2, 3, 4];
  const numbers = [
    uniformAt(seed, step, sequence, draw),
    uniformAt(2n, step, sequence, draw),
    uniformAt(seed, 1, sequence, draw),
    uniformAt(seed, step, 1, draw),
    uniformAt(seed, step, sequence, 1),
  ];
  assertEquals(new Set(numbers).size, 5);
  assertEquals(uniformAt(seed, step, sequence, draw), numbers[0]);
  assert(numbers.every((one) => one >= 0 && one < 1));
});
