import { assert, assertEquals } from "@std/assert";
import { DataError, oneLine } from "./errors.ts";

Deno.test("oneLine: no control characters, no turned writing, whatever it quotes", () => {
  assertEquals(oneLine("a\nb\r\n\x1b[31mc\u2028d\u202ee\n"), "a b [31mc d e");
});

Deno.test("a message is one line of readable length; its start and end are kept", () => {
  const { message } = new DataError(`f.json: ${"x\n".repeat(1e6)}, expected a number`);
  assert(message.length < 1000 && !message.includes("\n"));
  assert(message.startsWith("f.json: x x") && message.endsWith("x x , expected a number"));
  assertEquals(new DataError("short").message, "short");
  assert(new DataError("😀".repeat(1000)).message.isWellFormed());
});
