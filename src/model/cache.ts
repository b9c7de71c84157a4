import type { Gpu } from "../gpu/gpu.ts";
import { type HeadShape, headStride } from "../ops/linear.ts";

/** Keys and values of one layer, each [slots, kv heads, capacity, head stride], float32. */
export interface CacheLayer {
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
}

/** What the attention of a layer remembers, at fixed places: a slot a sequence, `capacity` positions each. */
export class KeyValueCache {
  readonly layers: readonly CacheLayer[];

  constructor(
    readonly gpu: Gpu,
    readonly shape: HeadShape & { readonly layers: number },
    readonly slots: number,
    readonly capacity: number,
  ) {
    const bytes = cacheLayerBytes(shape, slots, capacity);
    this.layers = Array.from({ length: shape.layers }, (_, i) => ({
      keys: gpu.storage(`layers.${i} keys`, bytes),
      values: gpu.storage(`layers.${i} values`, bytes),
    }));
  }

  dispose(): void {
    for (const { keys, values } of this.layers) {
      this.gpu.free(keys);
      this.gpu.free(values);
    }
  }
}

/** Bytes of a layer's keys; its values take as many. */
export function cacheLayerBytes(shape: HeadShape, slots: number, capacity: number): number {
  return slots * shape.kvHeads * capacity * headStride(shape.headDim) * 4;
}
