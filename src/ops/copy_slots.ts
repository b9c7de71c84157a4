import { link } from "../gpu/link.ts";
import type { Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";
import { type HeadShape, headStride } from "./linear.ts";

/** Positions copied from some slots to others. */
export interface SlotCopy {
  /** Source and target slots; no slot is both. */
  readonly pairs: readonly (readonly [from: number, to: number])[];
  /** Positions [first, end). */
  readonly first: number;
  readonly end: number;
}

/** Bytes of the buffer that describes up to `pairs` copies. */
export function slotCopyBytes(pairs: number): number {
  return 16 + pairs * 8;
}

/** A copy in the layout of the kernel's `Moves`. */
export function encodeSlotCopy({ pairs, first, end }: SlotCopy, capacity: number): Uint32Array<ArrayBuffer> {
  return new Uint32Array([first, end, capacity, 0, ...pairs.flat()]);
}

/** Appends the copy of a layer's keys or values, [slots, kv heads, capacity, head stride], float32. */
export function copySlots(
  plan: Plan,
  step: HeadShape & { cache: GPUBuffer; moves: GPUBuffer; current: () => SlotCopy },
): void {
  const vecs = headStride(step.headDim) / 4;
  plan.add(
    "copy slots",
    link([kernels.copySlots], { KV_HEADS: step.kvHeads, VECS: vecs }),
    { 0: step.moves, 1: step.cache },
    (): Workgroups => {
      const { pairs, first, end } = step.current();
      return [Math.ceil((end - first) * vecs / 256), step.kvHeads, pairs.length];
    },
  );
}
