import { assertEquals } from "@std/assert";
import { argmax } from "./argmax.ts";

Deno.test("argmax: the first of equals, row by row", () => {
  assertEquals(argmax([1, 3, 3, -5, -7, -5], 2, 3), [1, 0]);
  assertEquals(argmax([-Infinity, -Infinity, -9], 1, 3), [2]);
});
