import { link } from "../gpu/link.ts";
import type { Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";
import { type KvLayer, kvReader, kvTexels } from "./kv_layer.ts";
import { type HeadShape, headStride } from "./linear.ts";

/** Appends the copy of a slot's first positions into the textures that mirror a layer's keys and values. */
export function mirrorKv(
  plan: Plan,
  step: HeadShape & {
    /** A layer with mirrors. */
    kv: KvLayer;
    /** One row per position; the first names the slot. */
    batch: GPUBuffer;
    /** Number of positions. */
    length: number;
  },
): void {
  const { kv: { dtype, shares: [{ keys, values }], mirrors }, kvHeads, headDim, batch, length } = step;
  const texels = kvTexels(headDim, dtype);
  plan.add(
    "mirror keys and values",
    link([kernels.batchLayout, kernels.batch, ...kvReader({ dtype }), kernels.mirrorKv], {
      KV_HEADS: kvHeads,
      VECS: headStride(headDim) / 4,
      TEXELS: texels,
    }),
    { 1: keys, 2: batch, 3: values, 9: mirrors?.keys, 11: mirrors?.values },
    (): Workgroups => [Math.ceil(length * texels / 64), kvHeads, 1],
  );
}
