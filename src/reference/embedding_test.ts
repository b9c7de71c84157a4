import { assertEquals } from "@std/assert";
import { embedding } from "./embedding.ts";

Deno.test("embedding: picks rows, repeats allowed", () => {
  assertEquals([...embedding([2, 0, 2], Float64Array.of(1, 2, 3, 4, 5, 6), 2)], [5, 6, 1, 2, 5, 6]);
});
