import { Plan } from "../../gpu/plan.ts";
import type { KvBuffers } from "../../model/kv/kv_buffers.ts";
import { copySlots, encodeSlotCopy, type SlotCopy, slotCopyBytes } from "../../ops/copy_slots.ts";

/** Copies rows between slots of the same KV buffers. */
export class SlotCopies {
  readonly #moves: GPUBuffer;
  #plan: Plan | undefined;
  #current: SlotCopy = { pairs: [], first: 0, end: 0 };

  constructor(readonly kv: KvBuffers) {
    this.#moves = kv.gpu.storage("slot copies", slotCopyBytes(kv.slots));
  }

  /** Copies positions of slots to other slots. */
  copy(copy: SlotCopy): void {
    if (copy.pairs.length === 0 || copy.end <= copy.first) return;
    const { gpu, capacity } = this.kv;
    this.#plan ??= this.#record();
    this.#current = copy;
    gpu.write(this.#moves, 0, encodeSlotCopy(copy, capacity));
    const encoder = gpu.device.createCommandEncoder();
    this.#plan.encode(encoder);
    gpu.submit(encoder.finish());
    for (const [, target] of copy.pairs) this.kv.refresh(target, copy.end);
  }

  dispose(): void {
    this.kv.gpu.free(this.#moves);
  }

  #record(): Plan {
    const { gpu, rowBytes, layers } = this.kv;
    const plan = new Plan(gpu);
    for (const { heads, keys, values } of layers.flatMap(({ shares }) => shares)) {
      for (const cache of [keys, values]) {
        copySlots(plan, { heads, rowBytes, cache, moves: this.#moves, current: () => this.#current });
      }
    }
    return plan;
  }
}
