import { assertEquals } from "@std/assert";
import { Log, oneLine } from "./log.ts";
import { FakeIo } from "./testing.ts";

Deno.test("notes unless quiet, details only when verbose, errors always", () => {
  for (
    const [values, expected] of [[{}, ["e", "n"]], [{ quiet: true }, ["e"]], [{ verbose: true }, [
      "e",
      "n",
      "d",
    ]]] as const
  ) {
    const io = new FakeIo();
    const log = new Log(io, values);
    log.error("e");
    log.note("n");
    log.detail("d");
    assertEquals(io.stderr, expected.map((text) => `llama: ${text}\n`).join(""));
  }
});

Deno.test("a message is one line without control characters, whatever it quotes", () => {
  assertEquals(oneLine("a\nb\r\n\x1b[31mc\u2028d\n"), "a b [31mc d");
});
