import { assertEquals } from "@std/assert";
import { readAll, splitLines } from "./lines.ts";

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

async function lines(limit: number, ...texts: string[]): Promise<[number, number, string | undefined][]> {
  const found: [number, number, string | undefined][] = [];
  for await (const { number, offset, bytes } of splitLines(chunks(...texts), limit)) {
    found.push([number, offset, bytes && new TextDecoder().decode(bytes)]);
  }
  return found;
}

Deno.test("lines are split wherever the chunks end", async () => {
  const expected = [[1, 0, "ab"], [2, 3, ""], [3, 4, "c"], [4, 7, "d"]];
  for (const parts of [["ab\n\nc\r\nd"], ["a", "b\n", "\nc\r", "\nd"], [..."ab\n\nc\r\nd"]]) {
    assertEquals(await lines(10, ...parts), expected as [number, number, string][]);
  }
  assertEquals(await lines(10), []);
  assertEquals(await lines(10, "a\n"), [[1, 0, "a"]]);
});

Deno.test("a line beyond the limit is passed over, the next one is whole", async () => {
  assertEquals(await lines(3, "abc\n", "ab", "cd", "e\nx"), [[1, 0, "abc"], [2, 4, undefined], [3, 10, "x"]]);
});

Deno.test("all of a stream, unless it is beyond the limit", async () => {
  assertEquals(await readAll(chunks("ab", "c"), 3), new TextEncoder().encode("abc"));
  assertEquals(await readAll(chunks("ab", "cd"), 3), undefined);
});
