import { assertEquals } from "@std/assert";
import { graphemes, widthOf } from "./text_width.ts";

Deno.test("characters as a reader counts them, and their cells", () => {
  const rows: [string, number][] = [
    ["a", 1],
    ["é", 1],
    ["e\u0301", 1],
    ["漢", 2],
    ["あ", 2],
    ["한", 2],
    ["Ａ", 2],
    ["😀", 2],
    ["👩‍👩‍👧", 2],
    ["🇩🇪", 2],
    ["❤️", 2],
    ["…", 1],
    ["й", 1],
  ];
  for (const [text, width] of rows) {
    assertEquals(graphemes(text), [text]);
    assertEquals(widthOf(text), width, text);
  }
  assertEquals(graphemes("ae\u0301漢"), ["a", "e\u0301", "漢"]);
});
