import { assertEquals } from "@std/assert";
import { KeyReader } from "./line_keys.ts";

/** Keys of some bytes in pieces; text in quotes. */
function keys(...pieces: (string | number[])[]): string[] {
  const reader = new KeyReader();
  const encoder = new TextEncoder();
  return pieces.flatMap((piece) =>
    reader.read(typeof piece === "string" ? encoder.encode(piece) : new Uint8Array(piece)).map((key) =>
      "text" in key ? JSON.stringify(key.text) : key.key
    )
  );
}

Deno.test("text, control keys and escape sequences", () => {
  assertEquals(keys("héllo 漢\r"), ['"héllo 漢"', "enter"]);
  assertEquals(keys("\x01\x05\x7f\x17\x15\x0b\x04\x03"), [
    "home",
    "end",
    "backspace",
    "delete word",
    "delete to start",
    "delete to end",
    "end of input",
    "interrupt",
  ]);
  assertEquals(keys("\x1b[A\x1bOB\x1b[3~\x1b[1;5D\x1bf"), [
    "up",
    "down",
    "delete",
    "word left",
    "word right",
  ]);
});

Deno.test("sequences and characters that arrive in pieces", () => {
  assertEquals(keys("a\x1b", "[", "1;5", "Cb"), ['"a"', "word right", '"b"']);
  assertEquals(keys([0xf0, 0x9f], [0x98, 0x80]), ['"😀"']);
});

Deno.test("keys that mean nothing are passed over", () => {
  assertEquals(keys("\x1b[15~\x1b[?1;2c\x00\x1b[Ia"), ['"a"']);
});

Deno.test("a paste is one text: its line breaks do not enter, its control characters do nothing", () => {
  assertEquals(keys("\x1b[200~a\r\nb\rc\x03\x1b[31m\x1b[201~\r"), ['"a\\nb\\nc[31m"', "enter"]);
  assertEquals(keys("\x1b[200~a", "b\x1b[2", "01", "~c"), ['"ab"', '"c"']);
  assertEquals(keys("a\x1b\rb"), ['"a"', '"\\n"', '"b"'], "Alt and Enter");
});
