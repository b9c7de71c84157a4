import { join } from "@std/path";
import { vectorFile } from "./checkpoint.ts";

/** Invalid indexes, shared by the tests of the reader and of the command. */

/** The file that maps each tensor to its shard. */
export const INDEX = "model.safetensors.index.json";
/** Its text. */
export const index = (weightMap: unknown): string =>
  JSON.stringify({ metadata: { total_size: 1e10 }, weight_map: weightMap });

/** The fault, the weight_map, words of the message. */
export const BAD_WEIGHT_MAPS: [string, unknown, ...string[]][] = [
  ...["../x", "/etc/passwd", "..\\x", "C:x", "", "a\0b", "a/b", ".", ".."].map(
    (name): [string, unknown, ...string[]] => [JSON.stringify(name), { w: name }, '"w"', "without folders"],
  ),
  ["a number as a name", { w: 1 }, '"w"', "got 1"],
  ["a weight_map that is a list", ["a.safetensors"], "weight_map", "expected an object, got a list"],
  ["an empty weight_map", {}, "weight_map", "empty"],
  ["no weight_map", undefined, "weight_map", "got nothing"],
  ["missing shards", { a: "a.safetensors", x: "x.bin", y: "y.bin" }, "2 of 3", "x.bin, y.bin"],
  [
    "a tensor in two shards, of different contents",
    { a: "a.safetensors", b: "twin.safetensors" },
    '"a"',
    "also in",
  ],
  ["a shard that is a folder", { a: "folder" }, "folder", "expected a file, got a folder"],
  ["a shard that is a FIFO", { a: "fifo" }, "fifo", "expected a file, got a FIFO"],
  ["a shard that is a device", { a: "device" }, "device", "expected a file, got a device"],
  ["a shard that is not a safetensors file", { a: INDEX }, INDEX, "JSON text"],
];

/** The shards next to the index. */
export const SHARDS: Record<string, Uint8Array> = {
  "a.safetensors": vectorFile({ a: 1 }),
  "b.safetensors": vectorFile({ b: 1, c: 1 }),
  "twin.safetensors": vectorFile({ b: 1, a: 1 }),
};

/** Adds a folder, a device and a FIFO. */
export async function addOddities(folder: string): Promise<void> {
  await Deno.mkdir(join(folder, "folder"));
  await Deno.symlink("/dev/zero", join(folder, "device"));
  if (Deno.build.os !== "windows") {
    await new Deno.Command("mkfifo", { args: [join(folder, "fifo")] }).output();
  }
}
