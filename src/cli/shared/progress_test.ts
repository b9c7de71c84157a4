import { assertEquals, assertMatch } from "@std/assert";
import { formatBytes, ProgressBar } from "./progress.ts";
import { FakeIo } from "../../../tests/support/cli.ts";

class TerminalIo extends FakeIo {
  override readonly errorIsTerminal = true;
}

Deno.test("the bar waits half a second, draws once for a state, and clears itself", () => {
  const io = new TerminalIo();
  const bar = new ProgressBar(io, {}, 1000);
  bar.update(1, 10, 1400);
  assertEquals(io.stderr, "");
  bar.update(5, 10, 1600);
  bar.update(5, 10, 1700);
  assertMatch(io.stderr, /^\rloading █{12}░{12} 5 B of 10 B$/);
  bar.clear();
  assertMatch(io.stderr, /B\r +\r$/);
});

Deno.test("--progress always: on no terminal too, and at once", () => {
  const io = new FakeIo();
  new ProgressBar(io, { progress: "always" }, 1000).update(1, 10, 1000);
  assertMatch(io.stderr, /^\rloading █{2}░{22} 1 B of 10 B$/);
});

Deno.test("no bar where stderr is no terminal, or --progress never", () => {
  for (const values of [{}, { progress: "never" as const }]) {
    const io = new FakeIo();
    new ProgressBar(io, values, 0).update(5, 10, 5000);
    assertEquals(io.stderr, "");
  }
});

Deno.test("bytes for people", () => {
  assertEquals([0, 999, 1000, 1.5e9, 999_999].map(formatBytes), [
    "0 B",
    "999 B",
    "1.0 kB",
    "1.5 GB",
    "1.0 MB",
  ]);
});
