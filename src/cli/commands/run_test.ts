import { assertEquals } from "@std/assert";
import { FakeIo, runMain } from "../../../tests/support/cli.ts";

class TerminalIo extends FakeIo {
  override readonly errorIsTerminal = true;
}

Deno.test("a plain prompt for a model with a chat template: one note, on a terminal only", async () => {
  const notes = async (io: FakeIo, ...args: string[]) => {
    const { code, stderr } = await runMain(
      ["run", "--greedy", "-n", "1", "--progress", "never", ...args],
      io,
    );
    assertEquals(code, 0, stderr);
    return stderr.split("--chat applies it").length - 1;
  };
  assertEquals(await notes(new TerminalIo(["a\nb\n"]), "--lines"), 1);
  assertEquals(await notes(new FakeIo(["a\nb\n"]), "--lines"), 0);
  for (const flag of ["--chat", "--no-chat", "--raw", "--quiet"]) {
    assertEquals(await notes(new TerminalIo(), flag, "a"), 0, flag);
  }
});
