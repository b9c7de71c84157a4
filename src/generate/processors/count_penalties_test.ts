import { assertEquals } from "@std/assert";
import { countPenalties } from "./count_penalties.ts";

Deno.test("countPenalties: frequency counts, presence does not; the prompt is left alone", () => {
  const scores = Float32Array.of(4, 4, 4, 4);
  countPenalties(0.5, 1)([0, 3, 1, 1, 2], scores, { promptLength: 2 });
  assertEquals([...scores], [4, 2, 2.5, 4]);
});
