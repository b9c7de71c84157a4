import { assertEquals } from "@std/assert";
import { nearest } from "./nearest.ts";

Deno.test("the nearest name is found by insertions, deletions, replacements and swaps", () => {
  const names = ["--temperature", "--top-k", "--top-p", "--seed", "-n"];
  assertEquals(nearest("--temprature", names), "--temperature");
  assertEquals(nearest("--sede", names), "--seed");
  assertEquals(nearest("--top-x", names), "--top-k");
  assertEquals(nearest("--colour", names), undefined);
  assertEquals(nearest("rn", ["run", "score"]), "run");
  assertEquals(nearest("x", ["a", "b"]), undefined);
});
