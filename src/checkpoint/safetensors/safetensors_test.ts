import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { DataError } from "../../base/errors.ts";
import { BAD_SAFETENSORS, f32 } from "../../../tests/support/bad_safetensors.ts";
import { openCheckpoint } from "./open_checkpoint.ts";
import { inFolder, refuses, safetensorsFile } from "../../../tests/support/checkpoint.ts";

for (const [what, bytes, ...words] of BAD_SAFETENSORS) {
  Deno.test(`safetensors refused: ${what}`, async () => {
    await inFolder({ "model.safetensors": bytes }, async (folder) => {
      await refuses(() => openCheckpoint(folder), DataError, join(folder, "model.safetensors"), ...words);
    });
  });
}

Deno.test("safetensors accepts padding, unaligned offsets, scalars, empty tensors and strange names", async () => {
  const header = `{"b":${f32([3], 0, 3, "U8")},"a":${f32([], 3, 7)},"e":${f32([0, 5], 7, 7)},` +
    `"f":${f32([0], 7, 7)},"__proto__":${f32([2], 7, 11, "F16")},"__metadata__":{"format":"pt"}}      `;
  await inFolder({ "model.safetensors": safetensorsFile(header, 11) }, async (folder) => {
    const checkpoint = await openCheckpoint(folder);
    assertEquals([...checkpoint.tensors.keys()].sort(), ["__proto__", "a", "b", "e", "f"]);
    assertEquals(checkpoint.tensors.get("a")?.shape, []);
    const into = new Uint8Array(4);
    await checkpoint.read(checkpoint.tensors.get("a")!, 0, into);
    assertEquals([...into], [3, 4, 5, 6]);
    checkpoint.close();
  });
});

Deno.test("safetensors accepts __metadata__ that is null, and fields it does not know, as the reference does", async () => {
  const header = '{"__metadata__":null,"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":[1]}}';
  await inFolder({ "model.safetensors": safetensorsFile(header, 4) }, async (folder) => {
    const checkpoint = await openCheckpoint(folder);
    assertEquals([...checkpoint.tensors.keys()], ["a"]);
    checkpoint.close();
  });
});
