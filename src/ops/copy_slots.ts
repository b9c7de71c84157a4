import { link } from "../gpu/link.ts";
import type { Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";

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

/** Words that a workgroup copies. */
const GROUP_WORDS = 1024;

/** Appends the copy of keys or values, [slots, heads, capacity], `rowBytes` each. */
export function copySlots(
  plan: Plan,
  step: { heads: number; rowBytes: number; cache: GPUBuffer; moves: GPUBuffer; current: () => SlotCopy },
): void {
  const { heads, rowBytes, cache, moves, current } = step;
  plan.add(
    "copy slots",
    link([kernels.copySlots], { KV_HEADS: heads, ROW_WORDS: rowBytes / 4 }),
    { 0: moves, 1: cache },
    (): Workgroups => {
      const { pairs, first, end } = current();
      return [Math.ceil((end - first) * rowBytes / 4 / GROUP_WORDS), heads, pairs.length];
    },
  );
}
