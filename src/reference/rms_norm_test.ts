import { assertAlmostEquals, assertEquals } from "@std/assert";
import { rmsNorm } from "./rms_norm.ts";

Deno.test("rmsNorm: mean of 3² and 4² is 12.5, each row by itself", () => {
  const y = rmsNorm(Float64Array.of(3, 4, -6, 8), Float64Array.of(1, 2), 2, 2, 0);
  const root = Math.sqrt(12.5);
  [3 / root, 8 / root, -3 / root, 8 / root].forEach((want, i) => assertAlmostEquals(y[i], want, 1e-15));
});

Deno.test("rmsNorm: eps is inside the root", () => {
  assertEquals([...rmsNorm(Float64Array.of(0, 0), Float64Array.of(1, 1), 1, 2, 1e-6)], [0, 0]);
  assertAlmostEquals(rmsNorm(Float64Array.of(1), Float64Array.of(1), 1, 1, 3)[0], 0.5, 1e-15);
});
