import { assertEquals } from "@std/assert";
import { LineBuffer } from "./line_buffer.ts";
import type { KeyName } from "./line_keys.ts";

/** A line after keys; `<name>` is a key, everything else text. */
function typed(keys: string): LineBuffer {
  const buffer = new LineBuffer();
  for (const [, key, text] of keys.matchAll(/<([^>]+)>|([^<]+)/g)) {
    if (key) buffer.edit(key as KeyName);
    else buffer.insert(text);
  }
  return buffer;
}

Deno.test("editing by characters and words", () => {
  const rows: [string, string][] = [
    ["abc<left><left>X", "aXbc"],
    ["abc<home>X<end>Y", "XabcY"],
    ["abc<backspace><backspace>", "a"],
    ["abc<home><delete><backspace>", "bc"],
    ["one two  three<word left><word left>X", "one Xtwo  three"],
    ["one two<home><word right>X", "oneX two"],
    ["one two <delete word>", "one "],
    ["one two<left><delete to start>", "o"],
    ["one two<home><right><delete to end>", "o"],
    ["漢字<left>😀<left><backspace>", "😀字"],
    ["e<insert>\u0301x<left><backspace>", "x"],
    ["<left><backspace><delete><word left>a", "a"],
  ];
  for (const [keys, text] of rows) assertEquals(typed(keys).text, text, keys);
});

Deno.test("rows and cursor on a terminal of ten cells", () => {
  const layout = (keys: string) => {
    const { rows, cursorRow, cursorColumn } = typed(keys).layout("> ", 10);
    return [rows.join("|"), cursorRow, cursorColumn];
  };
  assertEquals(layout(""), ["> ", 0, 2]);
  assertEquals(layout("abc<left>"), ["> abc", 0, 4]);
  assertEquals(layout("12345678"), ["> 12345678|", 1, 0], "a full row is followed by the next one");
  assertEquals(layout("12345678<left>"), ["> 12345678", 0, 9]);
  assertEquals(layout("123456789"), ["> 12345678|9", 1, 1]);
  assertEquals(layout("1234567漢"), ["> 1234567|漢", 1, 2], "a wide character does not fit one cell");
  assertEquals(layout("漢字<left>"), ["> 漢字", 0, 4]);
  assertEquals(layout("a\nb\tc"), ["> a⏎b c", 0, 7], "one row a line, whatever it holds");
  assertEquals(layout("e\u0301"), ["> e\u0301", 0, 3]);
});
