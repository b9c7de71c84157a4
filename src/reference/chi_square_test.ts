import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { chiSquare } from "./chi_square.ts";

Deno.test("chiSquare: by hand, rare classes together", () => {
  const fit = chiSquare([60, 30, 4, 6], [50, 40, 4, 6]);
  assertAlmostEquals(fit.square, 100 / 50 + 100 / 40);
  assertEquals(fit.classes, 3);
  assertAlmostEquals(chiSquare([88, 7, 5], [90, 4, 3]).square, 4 / 90 + 25 / 7);
  assertEquals(chiSquare([10, 0], [10, 0]), { square: 0, classes: 1, limit: 4 * Math.SQRT2 });
});

Deno.test("chiSquare: a wrong distribution shows", () => {
  const { square, limit } = chiSquare([1100, 900, 1000], [1000, 1000, 1000]);
  assert(square > limit);
});
