import { assertEquals, assertRejects } from "@std/assert";
import { EnvironmentError } from "../../base/errors.ts";
import { Output, OutputClosed, toJson } from "./output.ts";
import { FakeIo } from "../../../tests/support/cli.ts";

Deno.test("what is queued while writing is written too, in order", async () => {
  const io = new FakeIo();
  const out = new Output(io);
  out.line("first line");
  const draining = out.drain();
  out.text("sécond");
  await Promise.all([draining, out.drain()]);
  assertEquals(io.stdout, "first line\nsécond");
});

Deno.test("a closed reader and a full disk are distinguished", async () => {
  const failing = (error: Error) => {
    const out = new Output(new FakeIo(undefined, error));
    out.text("a");
    return out.drain();
  };
  await assertRejects(() => failing(new Deno.errors.BrokenPipe("x")), OutputClosed);
  await assertRejects(() => failing(new Error("No space left")), EnvironmentError, "No space left");
});

Deno.test("a failed write rejects for those who do not drain, too", async () => {
  const out = new Output(new FakeIo(undefined, new Deno.errors.BrokenPipe("x")));
  out.text("a");
  out.drain().catch(() => {});
  await assertRejects(() => out.failed, OutputClosed);
});

Deno.test("a bigint is a plain number in JSON", () => {
  assertEquals(toJson({ seed: 18446744073709551615n, id: [1n] }), '{"seed":18446744073709551615,"id":[1]}');
});
