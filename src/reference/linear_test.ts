import { assertEquals } from "@std/assert";
import { linear } from "./linear.ts";

Deno.test("linear: rows times transposed weight, with and without bias", () => {
  const x = Float64Array.of(1, 2, 3, 4, 5, 6);
  const weight = Float64Array.of(1, 0, -1, 2, 1, 0);
  assertEquals([...linear(x, weight, undefined, 2, 3, 2)], [-2, 4, -2, 13]);
  assertEquals([...linear(x, weight, Float64Array.of(10, -1), 2, 3, 2)], [8, 3, 8, 12]);
});
