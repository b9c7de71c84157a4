import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { DataError, EnvironmentError } from "../errors.ts";
import { weightDtype } from "./dtypes.ts";
import { openCheckpoint } from "./open_checkpoint.ts";
import { inFolder, refuses, safetensorsFile, vectorFile } from "./testing.ts";

const INDEX = "model.safetensors.index.json";
const index = (weightMap: unknown) =>
  JSON.stringify({ metadata: { total_size: 1e10 }, weight_map: weightMap });

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

/** What is wrong, the weight_map, words of the message. */
const SHARDS: [string, unknown, ...string[]][] = [
  ...["../x", "/etc/passwd", "..\\x", "C:x", "", "a\0b", "a/b", ".", ".."].map(
    (name): [string, unknown, ...string[]] => [JSON.stringify(name), { w: name }, '"w"', "without folders"],
  ),
  ["a number as a name", { w: 1 }, '"w"', "got 1"],
  ["a weight_map that is a list", ["a.safetensors"], "weight_map", "expected an object, got a list"],
  ["an empty weight_map", {}, "weight_map", "empty"],
  ["no weight_map", undefined, "weight_map", "undefined"],
  ["missing shards", { a: "a.safetensors", x: "x.bin", y: "y.bin" }, "2 of 3", "x.bin, y.bin"],
  ["a tensor that is absent", { a: "a.safetensors", z: "a.safetensors" }, '"z"', "not there"],
  [
    "a tensor in the other shard",
    { a: "a.safetensors", b: "a.safetensors", c: "b.safetensors" },
    '"b"',
    "b.safet",
  ],
  ["a tensor in two shards", { a: "a.safetensors", b: "twin.safetensors" }, '"a"', "too"],
  ["a shard that is a folder", { a: "folder" }, "folder", "expected a file, got a folder"],
  ["a shard that is a FIFO", { a: "fifo" }, "fifo", "expected a file, got a FIFO"],
  ["a shard that is a device", { a: "device" }, "device", "expected a file, got a device"],
  ["a shard that is no safetensors file", { a: INDEX }, INDEX, "JSON text"],
];

for (const [what, weightMap, ...words] of SHARDS) {
  Deno.test(`index refused: ${what}`, async () => {
    await inFolder({
      [INDEX]: index(weightMap),
      "a.safetensors": vectorFile({ a: 1 }),
      "b.safetensors": vectorFile({ b: 1, c: 1 }),
      "twin.safetensors": vectorFile({ b: 1, a: 1 }),
    }, async (folder) => {
      await Deno.mkdir(join(folder, "folder"));
      await Deno.symlink("/dev/zero", join(folder, "device"));
      if (Deno.build.os !== "windows") {
        await new Deno.Command("mkfifo", { args: [join(folder, "fifo")] }).output();
      }
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
  const header = { w: { dtype: "F64", shape: [1], data_offsets: [0, 8] } };
  await inFolder({ "model.safetensors": safetensorsFile(header, 8) }, async (folder) => {
    const checkpoint = await openCheckpoint(folder);
    checkpoint.close();
    const tensor = checkpoint.tensors.get("w")!;
    await refuses(
      () => Promise.resolve().then(() => weightDtype(tensor)),
      DataError,
      "w",
      "F64 is unsupported",
    );
    assertEquals(weightDtype({ ...tensor, dtype: "BF16" }), "bfloat16");
  });
});
