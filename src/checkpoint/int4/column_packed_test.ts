import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { awqSource } from "./awq.ts";
import { RecentBands } from "./column_packed.ts";
import { gptqSource } from "./gptq.ts";
import { Int4Module } from "./int4_module.ts";
import { dequantize } from "../../../tests/support/int4.ts";
import { openCheckpoint } from "../safetensors/open_checkpoint.ts";

const GOLDEN = fromFileUrl(new URL("../../../testdata/int4", import.meta.url));

Deno.test("small bands and slabs give the same rows, read by turns of two matrices", async () => {
  for (
    const [file, open] of Object.entries({ gptq: (m, c) => gptqSource(m, 1, c), awq: awqSource } as Openers)
  ) {
    const checkpoint = await openCheckpoint(join(GOLDEN, `${file}.safetensors`));
    const modules = ["grouped", "whole"].map((name) => new Int4Module(checkpoint, name));
    const whole = await Promise.all(modules.map(async (module) => {
      const source = await open(module, new RecentBands());
      return dequantize(source, await source.read(0, source.shape[0]));
    }));
    // 32 bytes per row: bands of 8 rows; slabs of 16 columns, and of 8.
    const bands = new RecentBands(256, 256);
    const sources = await Promise.all(modules.map((module) => open(module, bands)));
    for (let row = 0; row < 32; row += 3) {
      const count = Math.min(3, 32 - row);
      for (const [i, source] of sources.entries()) {
        const part = dequantize(source, await source.read(row, count));
        assertEquals(part, whole[i].slice(row * 64, (row + count) * 64), `${file} ${i} ${row}`);
      }
    }
    checkpoint.close();
  }
});

Deno.test("rows of a recent band are not read again", async () => {
  const checkpoint = await openCheckpoint(join(GOLDEN, "gptq.safetensors"));
  let reads = 0;
  const counting = {
    ...checkpoint,
    files: checkpoint.files,
    tensors: checkpoint.tensors,
    read: (...args: Parameters<typeof checkpoint.read>) => (reads++, checkpoint.read(...args)),
    close: () => checkpoint.close(),
  };
  const source = await gptqSource(new Int4Module(counting, "whole"), 1, new RecentBands(512));
  await source.read(0, 4);
  const once = reads;
  assert(once > 0);
  await Promise.all([source.read(4, 4), source.read(8, 8), source.read(0, 16)]);
  assertEquals(reads, once);
  await source.read(16, 1);
  assertEquals(reads, 2 * once);
  checkpoint.close();
});

type Openers = Record<string, (module: Int4Module, bands: RecentBands) => ReturnType<typeof awqSource>>;
