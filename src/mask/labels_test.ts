import { assertEquals } from "@std/assert";
import { displayWidth, quoted, visible } from "./labels.ts";

Deno.test("tokens are quoted as Python's repr does it", () => {
  const rows: [string, string][] = [
    ["▁a b", "'▁a b'"],
    ["it's", '"it\'s"'],
    [`"'`, `'"\\''`],
    ["\\\n\t\r", "'\\\\\\n\\t\\r'"],
    ["\x1b[0m\x7f", "'\\x1b[0m\\x7f'"],
    ["\u00a0\u200b\u2028", "'\\xa0\\u200b\\u2028'"],
    ["学😀\u{e0001}", "'学😀\\U000e0001'"],
  ];
  for (const [token, repr] of rows) assertEquals(quoted(token), repr);
  assertEquals(visible(`"'\n`), `"'\\n`);
});

Deno.test("width counts a terminal's columns", () => {
  assertEquals(["abc", "学", "😀", "e\u0301", "▁"].map(displayWidth), [3, 2, 2, 1, 1]);
});
