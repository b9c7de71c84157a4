import { link } from "../gpu/link.ts";
import type { Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";
import { type HeadShape, headStride } from "./linear.ts";

/** Appends the copy of a slot's first positions into the texture that mirrors a layer's keys or values. */
export function mirrorKv(
  plan: Plan,
  step: HeadShape & {
    /** [slots, kv heads, capacity, head stride], float32. */
    cache: GPUBuffer;
    mirror: GPUTexture;
    /** Slot, length and capacity, u32. */
    stretch: GPUBuffer;
    length: number;
  },
): void {
  const vecs = headStride(step.headDim) / 4;
  plan.add(
    "mirror cache",
    link([kernels.mirrorKv], { KV_HEADS: step.kvHeads, VECS: vecs }),
    { 0: step.stretch, 1: step.cache, 2: step.mirror },
    (): Workgroups => [Math.ceil(step.length * vecs / 64), step.kvHeads, 1],
  );
}
