import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DataError, EnvironmentError, UsageError } from "../../base/errors.ts";
import { type PromptItem, readPrompts } from "./input.ts";
import type { OptionValues } from "../options/options.ts";
import { FakeIo } from "../../../tests/support/cli.ts";

async function read(values: OptionValues, args: string[], io: FakeIo): Promise<PromptItem[]> {
  return await Array.fromAsync(readPrompts(values, args, io));
}

async function prompts(values: OptionValues, args: string[], io: FakeIo): Promise<unknown[]> {
  return (await read(values, args, io)).map((item) => item.error?.message ?? item.prompt);
}

Deno.test("the prompt is the argument, -p or all of stdin without one trailing newline", async () => {
  assertEquals(await prompts({}, ["a b"], new FakeIo()), ["a b"]);
  assertEquals(await prompts({ prompt: "a" }, [], new FakeIo()), ["a"]);
  assertEquals(await prompts({}, [""], new FakeIo()), [""]);
  assertEquals(await prompts({}, [], new FakeIo(["a\nb", "\n\n"])), ["a\nb\n"]);
  assertEquals(await prompts({}, [], new FakeIo(["a\0b\r\n"])), ["a\0b"]);
});

Deno.test("an argument precedes the text on stdin", async () => {
  assertEquals(await prompts({}, ["a"], new FakeIo(["b\n"])), ["a\nb"]);
  assertEquals(await prompts({}, ["a"], new FakeIo([])), ["a"]);
});

Deno.test("a character that is split over reads is whole", async () => {
  const bytes = new TextEncoder().encode("é😀");
  assertEquals(await prompts({}, [], new FakeIo([...bytes].map((byte) => new Uint8Array([byte])))), ["é😀"]);
});

Deno.test("--lines gives a prompt a line, blank ones too", async () => {
  assertEquals(await prompts({ lines: true }, [], new FakeIo(["a\n\nb"])), ["a", "", "b"]);
});

Deno.test("--jsonl gives a prompt a record; a bad one does not stop the others", async () => {
  const io = new FakeIo([
    '{"prompt":"a","id":"x","top_k":3}\n',
    "\n{\n",
    '{"prompt":5,"id":[1]}\n{"prompt":[1]}',
  ]);
  const items = await read({ jsonl: true }, [], io);
  assertEquals(items.map(({ index, id }) => [index, id]), [[0, "x"], [1, null], [2, [1]], [3, null]]);
  assertEquals(items[0].options, { topK: 3 });
  assertEquals(items.map((item) => item.error !== undefined), [false, true, true, false]);
  assertStringIncludes(items[1].error!.message, "stdin, line 3: expected JSON");
  assertStringIncludes(items[2].error!.message, "stdin, line 4: prompt: expected text");
});

Deno.test("a line that is not UTF-8 is named with its offset in the input", async () => {
  const io = new FakeIo(["ab\n", new Uint8Array([0x63, 0xff, 0x0a]), "d"]);
  assertEquals(await prompts({ lines: true }, [], io), [
    "ab",
    "stdin, line 2: expected UTF-8, got ff at byte 4",
    "d",
  ]);
});

Deno.test("inputs that cannot be prompts", async () => {
  const fails = async (
    kind: typeof UsageError | typeof DataError | typeof EnvironmentError,
    ...call: Parameters<typeof read>
  ) => {
    return (await assertRejects(() => read(...call), kind)).message;
  };
  await fails(UsageError, {}, [], new FakeIo());
  await fails(UsageError, {}, [], new FakeIo([]));
  await fails(UsageError, { lines: true }, [], new FakeIo([]));
  await fails(UsageError, { jsonl: true }, [], new FakeIo(["\n"]));
  await fails(UsageError, {}, ["a", "b"], new FakeIo());
  await fails(UsageError, { prompt: "a" }, ["b"], new FakeIo());
  await fails(UsageError, { lines: true }, ["b"], new FakeIo(["c"]));
  assertStringIncludes(
    await fails(DataError, {}, [], new FakeIo([new Uint8Array([0x61, 0xe2])])),
    "at byte 1",
  );
  assertStringIncludes(
    await fails(EnvironmentError, {}, [], new FakeIo("directory")),
    "stdin: expected text, got a directory",
  );
  assertStringIncludes(await fails(EnvironmentError, { file: "no/such" }, [], new FakeIo()), "no such file");
  await fails(EnvironmentError, { file: "." }, [], new FakeIo());
});

Deno.test("a prompt beyond the limit is refused with bounded memory", async () => {
  const megabyte = new Uint8Array(1 << 20).fill(0x61);
  const io = new FakeIo(Array.from({ length: 100 }, () => megabyte));
  await assertRejects(() => read({}, [], io), DataError, "at most 67108864 bytes");
  const [item] = await read({ lines: true }, [], io);
  assertStringIncludes(item.error!.message, "at most 67108864 bytes");
});
