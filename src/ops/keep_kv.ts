import { link } from "../gpu/link.ts";
import type { Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";
import { keepsLater, type KvLayer, kvWriter } from "./kv_layer.ts";
import { type Finish, type HeadShape, headStride } from "./linear.ts";

/** Keys and values between a linear map and the KV buffers: [tokens, keys and values, kv heads, head stride], float32. */
export function freshBytes({ kvHeads, headDim }: HeadShape, tokens: number): number {
  return tokens * 2 * kvHeads * headStride(headDim) * 4;
}

/**
 * Rotates q and k; writes queries to q, keys and values to the KV buffers, or to `fresh` if {@link keepsLater}
 * says so.
 */
export function rotateInto(
  shape: HeadShape,
  { q, kv, fresh, rotations }: {
    q: GPUBuffer;
    kv: KvLayer;
    /** {@link freshBytes}. */
    fresh?: GPUBuffer;
    rotations: GPUBuffer;
  },
): Finish {
  const later = keepsLater(shape, kv);
  const [{ keys, values }] = kv.shares;
  const pairs = later || (kv.dtype === "float32" && !kv.mirrors) ? 1 : kv.mirrors ? 4 : 2;
  return {
    parts: [
      ...(later ? [kernels.keepLater] : [kernels.keepNow, ...kvWriter(kv)]),
      kernels.finishQkv,
    ],
    constants: {
      HEADS: shape.heads,
      KV_HEADS: shape.kvHeads,
      HALF: shape.headDim / 2,
      STRIDE: headStride(shape.headDim),
      PAIRS: pairs,
    },
    bindings: {
      3: q,
      8: rotations,
      ...(later ? { 6: fresh } : { 6: keys, 7: values, 9: kv.mirrors?.keys, 11: kv.mirrors?.values }),
    },
    leastRows: 2 * pairs,
  };
}

/** Appends the step that stores `fresh` keys and values; nothing if the linear map has stored them. */
export function keepRows(
  plan: Plan,
  step: HeadShape & {
    label: string;
    kv: KvLayer;
    fresh?: GPUBuffer;
    batch: GPUBuffer;
    tokens: () => number;
  },
): void {
  const { label, kv, fresh, batch, tokens, kvHeads, headDim } = step;
  if (!keepsLater(step, kv)) return;
  for (const { firstHead, heads, keys, values } of kv.shares) {
    plan.add(
      label,
      link([kernels.batchLayout, kernels.batch, ...kvWriter(kv), kernels.keepRows], {
        KV_HEADS: kvHeads,
        FIRST_HEAD: firstHead,
        PART_HEADS: heads,
        STRIDE: headStride(headDim),
      }),
      { 0: fresh, 2: batch, 6: keys, 7: values, 9: kv.mirrors?.keys, 11: kv.mirrors?.values },
      (): Workgroups => [2 * heads, tokens(), 1],
      () => ({ bytes: freshBytes(step, tokens()) * heads / kvHeads, operations: 0 }),
    );
  }
}
