import { assertAlmostEquals, assertEquals } from "@std/assert";
import { logSoftmax, softmax } from "./softmax.ts";

Deno.test("softmax: logarithms of 1, 2, 5 become shares of 8, whatever is added", () => {
  for (const shift of [0, 1000, -1000]) {
    const p = softmax(Float64Array.of(Math.log(1) + shift, Math.log(2) + shift, Math.log(5) + shift), 1, 3);
    [1 / 8, 2 / 8, 5 / 8].forEach((want, i) => assertAlmostEquals(p[i], want, 1e-12));
  }
});

Deno.test("softmax: rows are separate, -Infinity gets nothing", () => {
  assertEquals([...softmax(Float64Array.of(7, 7, -Infinity, 3), 2, 2)], [0.5, 0.5, 0, 1]);
});

Deno.test("softmax: a row at the lowest float32 is uniform", () => {
  const low = -3.4028234663852886e38;
  softmax(Float64Array.of(low, low, low, low), 1, 4).forEach((p) => assertAlmostEquals(p, 0.25, 1e-15));
});

Deno.test("logSoftmax: does not underflow", () => {
  assertAlmostEquals(logSoftmax(Float64Array.of(0, -2000), 1, 2)[1], -2000, 1e-12);
});
