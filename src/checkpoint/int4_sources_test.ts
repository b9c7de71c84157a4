import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { DataError } from "../errors.ts";
import { toFloat32 } from "./convert.ts";
import { int4Sources } from "./int4_sources.ts";
import { dequantize } from "./int4_testing.ts";
import { openCheckpoint } from "./open_checkpoint.ts";
import { inFolder, refuses } from "./testing.ts";
import type { Checkpoint } from "./types.ts";
import { type NewTensor, writeCheckpoint } from "./write.ts";

const GOLDEN = fromFileUrl(new URL("../../testdata/int4", import.meta.url));
const CONFIGS: Record<string, Record<string, unknown>> = JSON.parse(
  Deno.readTextFileSync(join(GOLDEN, "formats.json")),
);

/** Modules of each golden file: group size, and whether their columns are grouped by an order of their own. */
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
  Deno.test(`${file}: what its own package packed stands for the same weights, in whole and in parts`, async () => {
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

/** A tensor of zeros, or of these bytes. */
function tensor(
  name: string,
  dtype: string,
  shape: number[],
  content?: ArrayBufferView<ArrayBuffer>,
): NewTensor {
  const width = { I32: 4, F32: 4, F16: 2, BF16: 2, U8: 1, I64: 8 }[dtype]!;
  const zeros = new Uint8Array(shape.reduce((product, size) => product * size, width));
  return {
    name,
    dtype,
    shape,
    chunks: () => [content === undefined ? zeros : new Uint8Array(content.buffer)],
  };
}

async function withTensors(
  tensors: NewTensor[],
  test: (checkpoint: Checkpoint) => Promise<void>,
): Promise<void> {
  await inFolder({}, async (folder) => {
    await writeCheckpoint(folder, tensors);
    const checkpoint = await openCheckpoint(folder);
    try {
      await test(checkpoint);
    } finally {
      checkpoint.close();
    }
  });
}

const GPTQ = { quant_method: "gptq", bits: 4 };
const AWQ = { quant_method: "awq", bits: 4 };
const TINYGEMM = { quant_method: "tinygemm", bits: 4, format_version: 1 };
const gptq = (extra: NewTensor[] = []) => [
  tensor("m.qweight", "I32", [8, 16]),
  tensor("m.qzeros", "I32", [2, 2]),
  tensor("m.scales", "F16", [2, 16]),
  ...extra,
];
const packed = (extra: NewTensor[] = []) => [
  tensor("m.weight_packed", "I32", [10, 8]),
  tensor("m.weight_scale", "BF16", [10, 2]),
  ...extra,
];
/** The tensors but for one, which is another or missing. */
const but = (tensors: NewTensor[], name: string, other?: NewTensor) => [
  ...tensors.filter((it) => it.name !== name),
  ...(other === undefined ? [] : [other]),
];

Deno.test("tensors that are missing, of another dtype or shape, or do not fit are refused by name", async () => {
  const group = (value: number) => tensor("m.g_idx", "I32", [64], new Int32Array(64).fill(value, 40));
  const CT = CONFIGS.compressed_tensors;
  const asymmetric = structuredClone(CT) as {
    config_groups: Record<string, { weights: { symmetric: boolean } }>;
  };
  for (const it of Object.values(asymmetric.config_groups)) it.weights.symmetric = false;
  const cases: [Record<string, unknown>, NewTensor[], string[]][] = [
    [GPTQ, but(gptq(), "m.qzeros"), ["m.qzeros", "no such tensor"]],
    [GPTQ, but(gptq(), "m.qzeros", tensor("m.qzeros", "I32", [2, 3])), ["m.qzeros", "[2, 2]", "[2, 3]"]],
    [GPTQ, but(gptq(), "m.scales", tensor("m.scales", "F32", [2, 16])), ["m.scales", "F32", "F16"]],
    [GPTQ, but(gptq(), "m.scales", tensor("m.scales", "F16", [2, 15])), ["m.scales", "[any, 16]", "[2, 15]"]],
    [GPTQ, but(gptq(), "m.qweight", tensor("m.qweight", "I32", [128])), ["m.qweight", "[any, any]", "[128]"]],
    [GPTQ, but(gptq(), "m.qweight", tensor("m.qweight", "I64", [8, 16])), ["m.qweight", "I64"]],
    [GPTQ, but(gptq(), "m.qweight", tensor("m.qweight", "I32", [5, 16])), [
      "m.scales",
      "2 groups for 40 columns",
    ]],
    [GPTQ, but(gptq(), "m.qweight", tensor("m.qweight", "I32", [8, 15])), ["m.qweight", "15 rows"]],
    [GPTQ, gptq([group(2)]), ["m.g_idx", "element 40", "0 to 1", "got 2"]],
    [GPTQ, gptq([group(-2)]), ["m.g_idx", "got -2"]],
    [GPTQ, gptq([tensor("m.g_idx", "I32", [63])]), ["m.g_idx", "[64]", "[63]"]],
    [AWQ, gptq(), ["m.scales"]],
    [CT, packed([tensor("m.weight_zero_point", "I32", [1, 2])]), ["m.weight_zero_point", "[2, 2]", "[1, 2]"]],
    [CT, packed([tensor("m.weight_shape", "I64", [2], BigInt64Array.of(10n, 60n))]), [
      "m.weight_shape",
      "60",
    ]],
    [CT, packed([tensor("m.weight_g_idx", "I32", [8])]), ["m.weight_g_idx", "[64]"]],
    [CT, but(packed(), "m.weight_scale"), ["m.weight_scale", "no such tensor"]],
    [CT, but(packed(), "m.weight_scale", tensor("m.weight_scale", "BF16", [10, 4])), [
      "m.weight_scale",
      "4 groups",
    ]],
    [asymmetric, packed(), ["m.weight_zero_point", "no such tensor"]],
    [TINYGEMM, packed(), ["m.weight_packed", "I32", "U8"]],
  ];
  for (const [config, tensors, words] of cases) {
    await withTensors(
      tensors,
      (checkpoint) => refuses(() => int4Sources(checkpoint, config), DataError, ...words),
    );
  }
  await withTensors(gptq([group(1)]), async (checkpoint) => {
    assert((await int4Sources(checkpoint, GPTQ))("m") !== undefined, "what they vary from is read");
  });
});

Deno.test("a scale that is no number is refused when it is read", async () => {
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
