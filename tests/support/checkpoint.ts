import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { LlamaError } from "../../src/base/errors.ts";

/** Builders for the tests of this folder; the program does not use them. */

/** The bytes of a safetensors file: u64 length of the header, the header, the data. */
export function safetensorsFile(header: string | Uint8Array | Record<string, unknown>, data = 0): Uint8Array {
  const text = header instanceof Uint8Array || typeof header === "string" ? header : JSON.stringify(header);
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const file = new Uint8Array(8 + bytes.length + data);
  new DataView(file.buffer).setBigUint64(0, BigInt(bytes.length), true);
  file.set(bytes, 8);
  for (let i = 0; i < data; i++) file[8 + bytes.length + i] = i;
  return file;
}

/** A file of float32 vectors: names and lengths, stored one after another. */
export function vectorFile(lengths: Record<string, number>): Uint8Array {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, length] of Object.entries(lengths)) {
    header[name] = { dtype: "F32", shape: [length], data_offsets: [end, end + 4 * length] };
    end += 4 * length;
  }
  return safetensorsFile(header, end);
}

/** Runs a test in a new folder with these files, and removes it afterwards. */
export async function inFolder(
  files: Record<string, string | Uint8Array>,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(join(folder, name), bytes);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Asserts an error of this class with one line that contains all these words. */
export async function refuses(
  action: () => Promise<unknown>,
  // deno-lint-ignore no-explicit-any
  kind: new (...args: any[]) => LlamaError,
  ...words: string[]
): Promise<void> {
  const error = await assertRejects(action, kind);
  for (const word of words) assertStringIncludes(error.message, word);
  assertEquals(error.message.includes("\n"), false, "the message has more than one line");
  assertEquals(error.message.length < 600, true, "the message is too long");
}
