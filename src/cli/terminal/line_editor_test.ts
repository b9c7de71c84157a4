import { assertEquals, assertRejects } from "@std/assert";
import { LineEditor } from "./line_editor.ts";
import { Interrupted } from "./signals.ts";
import { FakeIo } from "../../../tests/support/cli.ts";

/** A terminal that records its mode and its output. */
function fakeTerminal(keys: string, environment: Record<string, string> = {}, keepsSignals = true) {
  const modes: boolean[] = [];
  let shown = "";
  const encoder = new TextEncoder();
  const io = Object.assign(Object.create(new FakeIo()), {
    stdin: {
      kind: "terminal",
      async *chunks() {
        // A few bytes at a time, as on a slow connection.
        const bytes = encoder.encode(keys);
        for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3);
      },
    },
    errorIsTerminal: true,
    writeError: (text: string) => void (shown += text),
    env: (name: string) => environment[name],
  });
  const raw = (on: boolean) => void (on === (modes.at(-1) ?? false) || modes.push(on));
  const terminal = { raw, columns: () => 20, keepsSignals };
  return { editor: new LineEditor(io, terminal), modes, shown: () => shown };
}

const UP = "\x1b[A";
const DOWN = "\x1b[B";

Deno.test("lines, the history, and the end of the input", async () => {
  const { editor, modes } = fakeTerminal(
    `one\rtwo\r\r${UP}${UP}!\rdraft${UP}${UP}${DOWN}${DOWN} here\r${UP}${UP}${UP}${UP}${UP}\r\x04`,
  );
  const lines: (string | undefined)[] = [];
  for (let i = 0; i < 7; i++) lines.push(await editor.read("> "));
  assertEquals(lines, ["one", "two", "", "one!", "draft here", "one", undefined]);
  editor.close();
  editor.close();
  assertEquals(modes, [true, false]);
});

Deno.test("Ctrl-D deletes within a line, Ctrl-C leaves, the terminal is given back", async () => {
  const { editor, modes, shown } = fakeTerminal("ab\x1b[D\x04\rx\x03");
  assertEquals(await editor.read("> "), "a");
  const { exitCode } = await assertRejects(() => editor.read("> "), Interrupted);
  assertEquals(exitCode, 130);
  editor.close();
  assertEquals(modes, [true, false]);
  assertEquals(shown().lastIndexOf("\x1b[?2004h") < shown().lastIndexOf("\x1b[?2004l"), true);
});

Deno.test("the prompt is coloured only where colours are wanted", async () => {
  for (const [environment, coloured] of [[{}, true], [{ NO_COLOR: "1" }, false]] as const) {
    const { editor, shown } = fakeTerminal("a\r", environment);
    await editor.read("> ");
    assertEquals(shown().includes("\x1b[1;32m> \x1b[0m"), coloured);
  }
});

Deno.test("where Ctrl-C is but a key, the terminal is as usual between the lines", async () => {
  const { editor, modes } = fakeTerminal("a\rb\r", {}, false);
  for (const line of ["a", "b"]) assertEquals(await editor.read("> "), line);
  editor.close();
  assertEquals(modes, [true, false, true, false]);
});
