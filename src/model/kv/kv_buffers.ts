import type { Gpu } from "../../gpu/gpu.ts";
import { Plan } from "../../gpu/plan.ts";
import { type HeadShape, headStride } from "../../ops/linear.ts";
import type { KvLayer } from "../state/state.ts";
import { mirrorKv } from "../../ops/mirror_kv.ts";

/** The KV cache on the device, with fixed positions: one slot per sequence, `capacity` positions each. */
export class KvBuffers {
  readonly layers: readonly KvLayer[];

  /** @param mirrored true if mirrors are worth their memory: for long caches that are read repeatedly */
  constructor(
    readonly gpu: Gpu,
    readonly shape: HeadShape & { readonly layers: number },
    readonly slots: number,
    readonly capacity: number,
    mirrored = false,
  ) {
    const bytes = kvLayerBytes(shape, slots, capacity);
    const withMirrors = mirrored && canMirror(gpu, shape, slots, capacity);
    const mirror = (label: string) =>
      gpu.mirror(`${label} mirror`, headStride(shape.headDim) / 4, capacity, slots * shape.kvHeads);
    this.layers = Array.from({ length: shape.layers }, (_, i) => ({
      keys: gpu.storage(`layers.${i} keys`, bytes),
      values: gpu.storage(`layers.${i} values`, bytes),
      mirrors: withMirrors
        ? { keys: mirror(`layers.${i} keys`), values: mirror(`layers.${i} values`) }
        : undefined,
    }));
  }

  /** Updates the mirrors of a slot's first positions, which were not written by a forward. */
  refresh(slot: number, length: number): void {
    if (length === 0 || !this.layers[0].mirrors) return;
    const stretch = this.gpu.storage("mirrored stretch", 16);
    this.gpu.write(stretch, 0, new Uint32Array([slot, length, this.capacity, 0]));
    const plan = new Plan(this.gpu);
    for (const { keys, values, mirrors } of this.layers) {
      mirrorKv(plan, { ...this.shape, cache: keys, mirror: mirrors!.keys, stretch, length });
      mirrorKv(plan, { ...this.shape, cache: values, mirror: mirrors!.values, stretch, length });
    }
    const encoder = this.gpu.device.createCommandEncoder();
    plan.encode(encoder);
    this.gpu.submit(encoder.finish());
    this.gpu.free(stretch);
  }

  dispose(): void {
    for (const { keys, values, mirrors } of this.layers) {
      for (const store of [keys, values, mirrors?.keys, mirrors?.values]) if (store) this.gpu.free(store);
    }
  }
}

/** True if a cache of this size can have mirrors and a forward can write them. */
function canMirror(gpu: Gpu, shape: HeadShape, slots: number, capacity: number): boolean {
  const { maxTextureDimension2D, maxTextureArrayLayers } = gpu.device.limits;
  return gpu.traits.software && shape.headDim % 8 === 0 && capacity <= maxTextureDimension2D &&
    slots * shape.kvHeads <= maxTextureArrayLayers;
}

/** Bytes of a layer's keys; its values take as many. */
function kvLayerBytes(shape: HeadShape, slots: number, capacity: number): number {
  return slots * shape.kvHeads * capacity * headStride(shape.headDim) * 4;
}
