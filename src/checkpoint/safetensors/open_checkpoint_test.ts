import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { DataError, EnvironmentError } from "../../base/errors.ts";
import { addOddities, BAD_WEIGHT_MAPS, INDEX, index, SHARDS } from "../../../tests/support/bad_indexes.ts";
import { weightDtype } from "../tensors/dtypes.ts";
import { openCheckpoint } from "./open_checkpoint.ts";
import { inFolder, refuses, safetensorsFile, vectorFile } from "../../../tests/support/checkpoint.ts";

Deno.test("openCheckpoint reads shards, in any order and at once", async () => {
  await inFolder({
    [INDEX]: index({ c: "b.safetensors", a: "a.safetensors", b: "a.safetensors" }),
    "a.safetensors": vectorFile({ a: 2, b: 3 }),
    "b.safetensors": vectorFile({ c: 1 }),
  }, async (folder) => {
    const checkpoint = await openCheckpoint(folder);
    assertEquals(checkpoint.files, [join(folder, "a.safetensors"), join(folder, "b.safetensors")]);
    const reads = ["a", "b", "c", "b"].map(async (name) => {
      const tensor = checkpoint.tensors.get(name)!;
      const into = new Uint8Array(tensor.bytes - 2);
      await checkpoint.read(tensor, 1, into);
      return into[0];
    });
    assertEquals(await Promise.all(reads), [1, 9, 1, 9]);
    const a = checkpoint.tensors.get("a")!;
    await assertRejects(() => checkpoint.read(a, 1, new Uint8Array(8)), RangeError);
    checkpoint.close();
    await assertRejects(() => checkpoint.read(a, 0, new Uint8Array(8)), Error, "closed");
  });
});

Deno.test("openCheckpoint prefers the single file, takes a file by name and follows symlinks", async () => {
  await inFolder({ blob: vectorFile({ a: 1 }), [INDEX]: "broken" }, async (folder) => {
    await Deno.symlink(join(folder, "blob"), join(folder, "model.safetensors"));
    for (const path of [folder, join(folder, "model.safetensors")]) {
      const checkpoint = await openCheckpoint(path);
      assertEquals(checkpoint.tensors.size, 1);
      checkpoint.close();
    }
  });
});

for (const [what, weightMap, ...words] of BAD_WEIGHT_MAPS) {
  Deno.test(`index refused: ${what}`, async () => {
    await inFolder({ [INDEX]: index(weightMap), ...SHARDS }, async (folder) => {
      await addOddities(folder);
      await refuses(() => openCheckpoint(folder), DataError, folder, ...words);
    });
  });
}

Deno.test("index refused: not an object", async () => {
  await inFolder({ [INDEX]: "[]" }, async (folder) => {
    await refuses(() => openCheckpoint(folder), DataError, INDEX, "expected an object, got a list");
  });
});

Deno.test("openCheckpoint says what is missing", async () => {
  await inFolder({}, async (folder) => {
    await refuses(() => openCheckpoint(join(folder, "no")), EnvironmentError, "no such file");
    await refuses(() => openCheckpoint(folder), EnvironmentError, folder, "model.safetensors");
    await Deno.writeTextFile(join(folder, "pytorch_model.bin"), "");
    await refuses(() => openCheckpoint(folder), DataError, "pytorch_model.bin", "unsupported");
  });
});

Deno.test("read notices a file that became shorter", async () => {
  await inFolder({ "model.safetensors": vectorFile({ a: 8 }) }, async (folder) => {
    const checkpoint = await openCheckpoint(folder);
    const tensor = checkpoint.tensors.get("a")!;
    await Deno.truncate(tensor.file, tensor.offset + 5);
    await refuses(
      () => checkpoint.read(tensor, 0, new Uint8Array(32)),
      DataError,
      "shorter than when opened",
    );
    checkpoint.close();
  });
});

Deno.test("weightDtype says unsupported for a known dtype that does not run", async () => {
  const header = { w: { dtype: "I64", shape: [1], data_offsets: [0, 8] } };
  await inFolder({ "model.safetensors": safetensorsFile(header, 8) }, async (folder) => {
    const checkpoint = await openCheckpoint(folder);
    checkpoint.close();
    const tensor = checkpoint.tensors.get("w")!;
    await refuses(
      () => Promise.resolve().then(() => weightDtype(tensor)),
      DataError,
      "w",
      "I64 is unsupported",
    );
    assertEquals(weightDtype({ ...tensor, dtype: "BF16" }), "bfloat16");
  });
});
