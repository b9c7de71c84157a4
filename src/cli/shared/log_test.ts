import { assertEquals } from "@std/assert";
import { Log } from "./log.ts";
import { FakeIo } from "../../../tests/support/cli.ts";

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
