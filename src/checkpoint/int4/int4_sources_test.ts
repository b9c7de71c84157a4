import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { DataError } from "../../base/errors.ts";
import {
  BAD_MODULES,
  but,
  GPTQ,
  gptq,
  group,
  packed,
  tensor,
  withTensors,
} from "../../../tests/support/bad_int4.ts";
import { CONFIGS } from "../../../tests/support/bad_quantization.ts";
import { toFloat32 } from "../safetensors/convert.ts";
import { int4Sources } from "./int4_sources.ts";
import { dequantize } from "../../../tests/support/int4.ts";
import { openCheckpoint } from "../safetensors/open_checkpoint.ts";
import { inFolder, refuses } from "../../../tests/support/checkpoint.ts";
import { writeCheckpoint } from "../safetensors/write.ts";

const GOLDEN = fromFileUrl(new URL("../../../testdata/int4", import.meta.url));
/** Modules of each golden file: group size, and true if their columns are grouped by an explicit order. */
const MODULES: Record<string, Record<string, [groupSize: number, ordered: boolean]>> = {
  gptq: { grouped: [32, false], whole: [64, false], ordered: [32, true] },
  gptq_v2: { grouped: [32, false] },
  awq: { grouped: [32, false], whole: [64, false] },
  compressed_tensors: {
    symmetric: [32, false],
    asymmetric: [32, false],
    asymmetric_channel: [64, false],
    ordered: [32, true],
  },
};

for (const [file, modules] of Object.entries(MODULES)) {
  Deno.test(`${file}: the output of its own package decodes to the same weights, in whole and in parts`, async () => {
    const checkpoint = await openCheckpoint(join(GOLDEN, `${file}.safetensors`));
    try {
      const find = await int4Sources(checkpoint, CONFIGS[file]);
      for (const [name, [groupSize, ordered]] of Object.entries(modules)) {
        const tensor = checkpoint.tensors.get(`${name}.expected`)!;
        const bytes = new Uint8Array(tensor.bytes);
        await checkpoint.read(tensor, 0, bytes);
        const expected = toFloat32(bytes, "float32");
        const source = find(name)!;
        const [rows, columns] = source.shape;
        assertEquals([name, ...source.shape, source.groupSize], [name, ...tensor.shape, groupSize]);
        assertEquals(source.columnGroups !== undefined, ordered, name);
        assertEquals(dequantize(source, await source.read(0, rows)), expected, name);
        for (const [first, count] of [[0, 1], [1, 8], [9, 3], [rows - 1, 1]]) {
          const part = dequantize(source, await source.read(first, count));
          assertEquals(part, expected.slice(first * columns, (first + count) * columns), `${name} ${first}`);
        }
      }
      assertEquals(find("other"), undefined);
    } finally {
      checkpoint.close();
    }
  });
}

Deno.test("a checkpoint without quantization_config has no module in 4 bits", async () => {
  const checkpoint = await openCheckpoint(join(GOLDEN, "gptq.safetensors"));
  assertEquals((await int4Sources(checkpoint, null))("grouped"), undefined);
  checkpoint.close();
});

Deno.test("tensors that are missing, of another dtype or shape, or do not fit are refused by name", async () => {
  for (const [config, tensors, words] of BAD_MODULES) {
    await withTensors(
      tensors,
      (checkpoint) => refuses(() => int4Sources(checkpoint, config), DataError, ...words),
    );
  }
  await withTensors(gptq([group(1)]), async (checkpoint) => {
    assert((await int4Sources(checkpoint, GPTQ))("m") !== undefined, "what they vary from is read");
  });
});

Deno.test("a NaN scale is refused when it is read", async () => {
  const scales = new Uint16Array(20);
  scales[13] = 0x7fc0;
  const tensors = but(packed(), "m.weight_scale", tensor("m.weight_scale", "BF16", [10, 2], scales));
  await withTensors(tensors, async (checkpoint) => {
    const source = (await int4Sources(checkpoint, CONFIGS.compressed_tensors))("m")!;
    await source.read(0, 6);
    await refuses(() => source.read(6, 4), DataError, "m.weight_scale", "element 13");
  });
});

Deno.test("a file that ends early is refused while it is read", async () => {
  await inFolder({}, async (folder) => {
    await writeCheckpoint(folder, gptq());
    const checkpoint = await openCheckpoint(folder);
    const source = (await int4Sources(checkpoint, GPTQ))("m")!;
    await Deno.truncate(checkpoint.files[0], 400);
    await refuses(() => source.read(0, 8), DataError, checkpoint.files[0], "ends at byte");
    checkpoint.close();
  });
});
