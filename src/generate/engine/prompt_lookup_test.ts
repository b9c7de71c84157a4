import { assertEquals } from "@std/assert";
import { promptLookup } from "./prompt_lookup.ts";

Deno.test("promptLookup: copies the tokens after the last match", () => {
  assertEquals(promptLookup([1, 2, 3, 4, 5, 1, 2], 3, 2), [3, 4, 5]);
  assertEquals(promptLookup([1, 2, 3, 9, 2, 4, 5, 1, 2], 2, 2), [3, 9], "the longer match wins");
  assertEquals(promptLookup([1, 2, 3, 9, 2, 4, 5, 1, 2], 2, 1), [4, 5], "the last of equal ones");
  assertEquals(promptLookup([1, 2, 3, 4, 9, 3], 2, 2), [4, 9], "a shorter match where no longer one is");
  assertEquals(promptLookup([1, 2, 3, 1, 2, 3], 7, 3), [1, 2, 3, 1, 2, 3, 1], "beyond the end, what repeats");
  assertEquals(promptLookup([7, 7], 4, 2), [7, 7, 7, 7]);
});

Deno.test("promptLookup: no tokens without a match", () => {
  for (const text of [[], [1], [1, 2, 3]]) assertEquals(promptLookup(text, 5, 2), []);
  assertEquals(promptLookup([1, 1], 0, 2), []);
});
