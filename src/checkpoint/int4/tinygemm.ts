import { groupSizeOf, type Int4Module } from "./int4_module.ts";
import type { Int4Source } from "./int4_source.ts";

/**
 * Source of a module that `llama quantize` wrote: `weight_packed` U8 [rows, columns / 2], two codes per byte, the even
 * column in the low half; `weight_scale` and `weight_zero` BF16 [rows, groups]; w = (q − 8) · scale + zero.
 *
 * @throws DataError if tensors are missing or do not match
 */
export function tinygemmSource(module: Int4Module): Int4Source {
  const packed = module.need("weight_packed", ["U8"], ["any", "any"]);
  const [rows, rowBytes] = packed.shape;
  const scale = module.need("weight_scale", ["BF16"], [rows, "any"]);
  const groups = scale.shape[1];
  const zero = module.need("weight_zero", ["BF16"], [rows, groups]);
  return {
    name: module.name,
    shape: [rows, rowBytes * 2],
    groupSize: groupSizeOf(module, scale, rowBytes * 2, groups),
    scaleDtype: "bfloat16",
    zeroKind: "value",
    read: async (firstRow, count) => ({
      rows: count,
      codes: await module.bytes(packed, firstRow * rowBytes, count * rowBytes),
      scales: await module.floats(scale, firstRow * groups, count * groups),
      zeros: await module.floats(zero, firstRow * groups, count * groups),
    }),
  };
}
