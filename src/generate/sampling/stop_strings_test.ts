import { assertEquals } from "@std/assert";
import { stopTest } from "./stop_strings.ts";

/** Each id indexes this list. */
const words = ["Hel", "lo", " wor", "ld", "END", "N", "D!", "<s>", "é", "x"];
const tokenizer = { decode: (ids: number[]) => ids.map((id) => words[id]).join("") };
const stops = (texts: string[], prompt: number[], tokens: number[]) =>
  tokens.map((_, i) => stopTest(texts, tokenizer, prompt)(tokens.slice(0, i + 1)));

Deno.test("stopTest: a text that ends in the last token, or within it", () => {
  assertEquals(stops(["world"], [0, 1], [2, 3, 9]), [false, true, false]);
  assertEquals(stops(["ND"], [9], [4, 9]), [true, false]);
  assertEquals(stops(["ND"], [9], [5, 6, 0]), [false, true, false]);
  assertEquals(stops(["zzz", "é"], [9], [8]), [true]);
});

Deno.test("stopTest: a stop string may begin in the prompt, but not end in it", () => {
  assertEquals(stops(["Hello"], [0], [1]), [true]);
  assertEquals(stops(["Hello"], [0, 1], [2, 3]), [false, false]);
});

Deno.test("stopTest: a long text over many tokens", () => {
  const tokens = Array<number>(40).fill(9);
  assertEquals(stops(["x".repeat(30)], [0], tokens).indexOf(true), 29);
  assertEquals(stops(["x".repeat(30)], Array<number>(20).fill(9), tokens).indexOf(true), 9);
});
