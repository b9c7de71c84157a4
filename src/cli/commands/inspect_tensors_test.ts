import { assertEquals } from "@std/assert";
import { kindLines, tensorLines } from "./inspect_tensors.ts";

const layer = (number: number, width = 2) => ({
  ...{ name: `model.layers.${number}.mlp.up_proj.weight`, dtype: "BF16" as const },
  ...{ shape: [4, width], bytes: 8 * width },
});
const TENSORS = [
  ...[layer(0), layer(10, 3), layer(2)],
  { name: "lm_head.weight", dtype: "F32" as const, shape: [8], bytes: 32 },
];

Deno.test("tensors are listed in natural order", () => {
  assertEquals(tensorLines(TENSORS), [
    "lm_head.weight                      F32   [8]     32 B",
    "model.layers.0.mlp.up_proj.weight   BF16  [4, 2]  16 B",
    "model.layers.2.mlp.up_proj.weight   BF16  [4, 2]  16 B",
    "model.layers.10.mlp.up_proj.weight  BF16  [4, 3]  24 B",
  ]);
  assertEquals(tensorLines([]), []);
});

Deno.test("the summary has a line a kind: another shape is another kind", () => {
  assertEquals(kindLines(TENSORS), [
    "lm_head.weight                     F32   [8]     × 1  32 B",
    "model.layers.*.mlp.up_proj.weight  BF16  [4, 2]  × 2  32 B",
    "model.layers.*.mlp.up_proj.weight  BF16  [4, 3]  × 1  24 B",
  ]);
});
