import { CONFIGS, TINYGEMM } from "./bad_quantization.ts";
import { openCheckpoint } from "../../src/checkpoint/safetensors/open_checkpoint.ts";
import { inFolder } from "./checkpoint.ts";
import type { Checkpoint } from "../../src/checkpoint/tensors/types.ts";
import { type NewTensor, writeCheckpoint } from "../../src/checkpoint/safetensors/write.ts";

/** Invalid 4-bit modules, shared by the tests of the reader and the corpus. */

/** A tensor of zeros, or of these bytes. */
export function tensor(
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

export async function withTensors(
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

export const GPTQ = { quant_method: "gptq", bits: 4 };
const AWQ = { quant_method: "awq", bits: 4 };
export const gptq = (extra: NewTensor[] = []) => [
  tensor("m.qweight", "I32", [8, 16]),
  tensor("m.qzeros", "I32", [2, 2]),
  tensor("m.scales", "F16", [2, 16]),
  ...extra,
];
export const packed = (extra: NewTensor[] = []) => [
  tensor("m.weight_packed", "I32", [10, 8]),
  tensor("m.weight_scale", "BF16", [10, 2]),
  ...extra,
];
/** The tensors with one replaced or removed. */
export const but = (tensors: NewTensor[], name: string, other?: NewTensor) => [
  ...tensors.filter((it) => it.name !== name),
  ...(other === undefined ? [] : [other]),
];

const tinygemm = () => [
  tensor("m.weight_packed", "U8", [10, 32]),
  tensor("m.weight_scale", "BF16", [10, 2]),
  tensor("m.weight_zero", "BF16", [10, 2]),
];
/** `g_idx` whose last columns belong to this group. */
export const group = (value: number) => tensor("m.g_idx", "I32", [64], new Int32Array(64).fill(value, 40));
const CT = CONFIGS.compressed_tensors;
const asymmetric = structuredClone(CT) as {
  config_groups: Record<string, { weights: { symmetric: boolean } }>;
};
for (const it of Object.values(asymmetric.config_groups)) it.weights.symmetric = false;
/** The config, the tensors, words of the message. */
export const BAD_MODULES: [Record<string, unknown>, NewTensor[], string[]][] = [
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
  [TINYGEMM, but(tinygemm(), "m.weight_scale"), ["m.weight_scale", "no such tensor"]],
  [TINYGEMM, but(tinygemm(), "m.weight_zero"), ["m.weight_zero", "no such tensor"]],
  [CT, but(packed(), "m.weight_packed", tensor("m.weight_packed", "I64", [10, 8])), [
    "m.weight_packed",
    "I64",
  ]],
  [CT, packed([tensor("m.weight_shape", "I32", [3])]), ["m.weight_shape", "[2]", "[3]"]],
];
