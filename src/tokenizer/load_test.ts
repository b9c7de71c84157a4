import { assertEquals, assertRejects } from "@std/assert";
import { defaultModelFolder } from "../checkpoint/locate.ts";
import { DataError, EnvironmentError } from "../errors.ts";
import { loadTokenizer } from "./mod.ts";

Deno.test("a tokenizer is looked for where models are: in a folder, or beside a .safetensors file", async () => {
  const folder = defaultModelFolder();
  const [first, second] = [await loadTokenizer(folder), await loadTokenizer(`${folder}/model.safetensors`)];
  assertEquals(first.encode("Plants create"), second.encode("Plants create"));
  await assertRejects(() => loadTokenizer(`${folder}/nothing`), EnvironmentError, "/nothing");
  await assertRejects(() => loadTokenizer(`${folder}/config.json`), DataError, "expected a folder");
});

Deno.test("what is no plain file is refused, and a folder without a tokenizer says what is missing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assertRejects(
      () => loadTokenizer(folder),
      DataError,
      "tokenizer.json or tokenizer.model, got neither",
    );
    await Deno.mkdir(`${folder}/tokenizer.json`);
    await assertRejects(() => loadTokenizer(folder), DataError, "expected a file, got a folder");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
