import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { EnvironmentError } from "../../base/errors.ts";
import { openCheckpoint } from "./open_checkpoint.ts";
import { inFolder, refuses } from "../../../tests/support/checkpoint.ts";
import { type NewTensor, writeCheckpoint } from "./write.ts";

/** A tensor of bytes `first, first + 1, …`, given in chunks of 3. */
function tensor(name: string, dtype: string, shape: number[], bytes: number, first = 0): NewTensor {
  return {
    name,
    dtype,
    shape,
    *chunks() {
      for (let i = 0; i < bytes; i += 3) {
        yield Uint8Array.from({ length: Math.min(3, bytes - i) }, (_, k) => first + i + k);
      }
    },
  };
}

const TENSORS = [
  tensor("a", "F16", [3], 6, 10),
  tensor("b", "F32", [2, 2], 16, 20),
  tensor("c", "BF16", [5], 10, 40),
  tensor("d", "F32", [], 4, 60),
];

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** All tensors with their bytes, read back. */
async function readBack(folder: string): Promise<Record<string, unknown[]>> {
  const checkpoint = await openCheckpoint(folder);
  const all: Record<string, unknown[]> = {};
  for (const tensor of checkpoint.tensors.values()) {
    const bytes = new Uint8Array(tensor.bytes);
    await checkpoint.read(tensor, 0, bytes);
    all[tensor.name] = [tensor.dtype, tensor.shape, [...bytes]];
  }
  checkpoint.close();
  return all;
}

const EXPECTED = Object.fromEntries(
  TENSORS.map((
    it,
  ) => [it.name, [it.dtype, it.shape, [...it.chunks() as Iterable<Uint8Array>].flatMap((c) => [...c])]]),
);

Deno.test("writeCheckpoint writes one aligned file that reads back equal", async () => {
  await inFolder({}, async (root) => {
    const folder = join(root, "new", "model");
    assertEquals(await writeCheckpoint(folder, TENSORS), ["model.safetensors"]);
    assertEquals(await names(folder), ["model.safetensors"]);
    assertEquals(await readBack(folder), EXPECTED);
    const checkpoint = await openCheckpoint(folder);
    checkpoint.close();
    for (const tensor of checkpoint.tensors.values()) {
      assertEquals(tensor.offset % (tensor.dtype === "F32" ? 4 : 2), 0);
    }
  });
});

Deno.test("writeCheckpoint shards in order, with an index, and replaces what was there", async () => {
  await inFolder({}, async (folder) => {
    await writeCheckpoint(folder, [tensor("old", "U8", [1], 1)], { otherFiles: { "config.json": "{}" } });
    // 6 fits, 16 + 6 does not, 10 + 4 do: [a] [b] [c d]
    const files = await writeCheckpoint(folder, TENSORS, { maxShardSize: 20 });
    const shards = [1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`);
    assertEquals(files, shards);
    assertEquals(await names(folder), ["config.json", ...shards, "model.safetensors.index.json"].sort());
    const index = JSON.parse(await Deno.readTextFile(join(folder, "model.safetensors.index.json")));
    assertEquals(index.metadata, { total_parameters: 13, total_size: 36 });
    assertEquals(index.weight_map, { a: shards[0], b: shards[1], c: shards[2], d: shards[2] });
    assertEquals(await readBack(folder), EXPECTED);
    // A tensor beyond the limit has its own file, and the previous shards are removed.
    assertEquals((await writeCheckpoint(folder, TENSORS, { maxShardSize: "0.012KB" })).length, 4);
    assertEquals((await names(folder)).length, 6);
    assertEquals(await readBack(folder), EXPECTED);
    await writeCheckpoint(folder, TENSORS);
    assertEquals(await names(folder), ["config.json", "model.safetensors"]);
  });
});

Deno.test("writeCheckpoint leaves the old model alone when any write or sync fails", async () => {
  const methods = ["write", "sync"] as const;
  const real = { write: Deno.FsFile.prototype.write, sync: Deno.FsFile.prototype.sync, open: Deno.open };
  await inFolder({}, async (folder) => {
    await writeCheckpoint(folder, [tensor("old", "U8", [1], 1)]);
    for (const method of methods) {
      for (let k = 0;; k++) {
        let calls = 0;
        Deno.FsFile.prototype[method] = function (...args: never[]): Promise<never> {
          if (calls++ === k) return Promise.reject(new Error("No space left on device (os error 28)"));
          return (real[method] as (...args: never[]) => Promise<never>).apply(this, args);
        };
        const failure = await writeCheckpoint(folder, TENSORS, { maxShardSize: 20 }).catch((error) => error);
        Object.assign(Deno.FsFile.prototype, { write: real.write, sync: real.sync });
        if (Array.isArray(failure)) {
          assertEquals(k, method === "write" ? 18 : 4); // 14 chunks, 3 headers, 1 index; 4 files
          break;
        }
        assertEquals(failure instanceof EnvironmentError, true, String(failure));
        assertEquals(failure.message.includes("No space left"), true);
        assertEquals(await names(folder), ["model.safetensors"]);
        assertEquals(Object.keys(await readBack(folder)), ["old"]);
      }
      assertEquals(await readBack(folder), EXPECTED);
      await writeCheckpoint(folder, [tensor("old", "U8", [1], 1)]);
    }
  });
});

Deno.test("writeCheckpoint takes partial writes", async () => {
  const real = Deno.FsFile.prototype.write;
  await inFolder({}, async (folder) => {
    Deno.FsFile.prototype.write = function (bytes) {
      return real.call(this, bytes.subarray(0, 2));
    };
    try {
      await writeCheckpoint(folder, TENSORS);
    } finally {
      Deno.FsFile.prototype.write = real;
    }
    assertEquals(await readBack(folder), EXPECTED);
  });
});

Deno.test("writeCheckpoint passes a producer's failure on and cleans up", async () => {
  await inFolder({}, async (folder) => {
    const broken = { ...tensor("x", "U8", [9], 9), chunks: () => Promise.reject(new Error("lost")) };
    // deno-lint-ignore require-yield
    const lost = async function* (): AsyncGenerator<Uint8Array> {
      await broken.chunks();
    };
    await assertRejects(() => writeCheckpoint(folder, [{ ...broken, chunks: lost }]), Error, "lost");
    await assertRejects(
      () => writeCheckpoint(folder, [tensor("x", "U8", [9], 8)]),
      Error,
      "8 bytes, expected 9",
    );
    await assertRejects(() => writeCheckpoint(folder, [TENSORS[0], TENSORS[0]]), Error, "twice");
    await assertRejects(
      () => writeCheckpoint(folder, TENSORS, { maxShardSize: "5 parsecs" }),
      RangeError,
      "parsecs",
    );
    assertEquals(await names(folder), []);
  });
});

Deno.test("writeCheckpoint into what is no folder", async () => {
  await inFolder({ file: "" }, async (folder) => {
    await refuses(
      () => writeCheckpoint(join(folder, "file"), TENSORS),
      EnvironmentError,
      join(folder, "file"),
    );
    await refuses(() => writeCheckpoint(join(folder, "file", "x"), TENSORS), EnvironmentError, "file");
  });
});
