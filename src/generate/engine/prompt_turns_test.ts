import { assertEquals } from "@std/assert";
import { fillChunk, shareChunk } from "./prompt_turns.ts";

const shares = (rows: number[], most: number, regimes: number[] = [], turn = 0) =>
  shareChunk(rows.map((count, i) => ({ rows: count, regime: regimes[i] ?? 0 })), most, turn);

Deno.test("shareChunk: the oldest fills the chunk, then those after it", () => {
  assertEquals(shares([300], 128), [128]);
  assertEquals(shares([50, 60, 70], 128), [50, 60, 18]);
  assertEquals(shares([50, 50], 64), [50, 14], "of equals the oldest");
});

Deno.test("shareChunk: a short prompt does not wait for a long one, which loses no more than half", () => {
  assertEquals(shares([900, 20], 64), [20, 20], "twice its own rows, no more");
  assertEquals(shares([900, 500], 64), [32, 32]);
  assertEquals(shares([900, 500, 20, 30], 64), [20, 0, 20, 0]);
  assertEquals(shares([10, 20, 5], 64), [5, 0, 5]);
  assertEquals(shares([900, 800, 700], 1), [0, 0, 1]);
});

Deno.test("shareChunk: other rotary frequencies run in other chunks, in turn", () => {
  assertEquals(shares([900, 20], 64, [1, 0], 0), [64, 0]);
  assertEquals(shares([900, 20], 64, [1, 0], 1), [0, 20]);
  assertEquals(shares([10, 20, 30], 64, [1, 0, 1]), [10, 0, 30]);
});

Deno.test("fillChunk: in order of arrival, of one kind of rotary frequencies", () => {
  const prompts = [[100, 0], [20, 1], [60, 0]].map(([rows, regime]) => ({ rows, regime }));
  assertEquals(fillChunk(prompts, 128), [100, 0, 28]);
  assertEquals(fillChunk(prompts.slice(1), 128), [20, 0]);
});
