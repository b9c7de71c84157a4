import type { Gpu } from "../../gpu/gpu.ts";
import { Plan } from "../../gpu/plan.ts";
import { keepsLater, type KvDtype, kvRowBytes, type KvShare, kvTexels } from "../../ops/kv_layer.ts";
import type { HeadShape } from "../../ops/linear.ts";
import type { KvLayer } from "../state/state.ts";
import { mirrorKv } from "../../ops/mirror_kv.ts";

/** Shape and storage type of KV buffers. */
export interface KvShape extends HeadShape {
  readonly layers: number;
  readonly dtype: KvDtype;
}

/** A range of one buffer. */
export interface KvPlace {
  readonly buffer: GPUBuffer;
  /** In bytes. */
  readonly offset: number;
}

/** The KV cache on the device, with fixed positions: one slot per sequence, `capacity` positions each. */
export class KvBuffers {
  readonly layers: readonly KvLayer[];
  /** Bytes of one head at one position. */
  readonly rowBytes: number;

  /** @param mirrored true if mirrors are worth their memory: for long caches that are read repeatedly */
  constructor(
    readonly gpu: Gpu,
    readonly shape: KvShape,
    readonly slots: number,
    readonly capacity: number,
    mirrored = false,
  ) {
    const { dtype, kvHeads, headDim } = shape;
    this.rowBytes = kvRowBytes(headDim, dtype);
    const headBytes = slots * capacity * this.rowBytes;
    const heads = headsOfShares(kvHeads, Math.floor(gpu.maxBindingBytes / headBytes));
    const withMirrors = mirrored && heads.length === 1 && canMirror(gpu, shape, slots, capacity);
    const mirror = (label: string) =>
      gpu.mirror(`${label} mirror`, kvTexels(headDim, dtype), capacity, slots * kvHeads);
    this.layers = Array.from({ length: shape.layers }, (_, i) => ({
      dtype,
      shares: heads.map(({ firstHead, heads }) => ({
        firstHead,
        heads,
        keys: gpu.storage(`layers.${i} keys`, heads * headBytes),
        values: gpu.storage(`layers.${i} values`, heads * headBytes),
      })),
      mirrors: withMirrors
        ? { keys: mirror(`layers.${i} keys`), values: mirror(`layers.${i} values`) }
        : undefined,
    }));
  }

  /** True if a forward needs room for keys and values that a step of its own stores. */
  get keepsLater(): boolean {
    return keepsLater(this.shape, this.layers[0]);
  }

  /** The first position of a strip: of one key head of one slot. */
  place(layer: number, part: "keys" | "values", slot: number, head: number): KvPlace {
    const share = this.layers[layer].shares.findLast(({ firstHead }) => firstHead <= head)!;
    const strip = slot * share.heads + head - share.firstHead;
    return { buffer: share[part], offset: strip * this.capacity * this.rowBytes };
  }

  /** Updates the mirrors of a slot's first positions, which were not written by a forward. */
  refresh(slot: number, length: number): void {
    if (length === 0 || !this.layers[0].mirrors) return;
    const batch = this.gpu.storage("mirrored rows", 32);
    this.gpu.write(batch, 0, new Uint32Array([length, this.capacity, 0, 0, 0, slot]));
    const plan = new Plan(this.gpu);
    for (const kv of this.layers) mirrorKv(plan, { ...this.shape, kv, batch, length });
    const encoder = this.gpu.device.createCommandEncoder();
    plan.encode(encoder);
    this.gpu.submit(encoder.finish());
    this.gpu.free(batch);
  }

  dispose(): void {
    for (const { shares, mirrors } of this.layers) {
      for (const { keys, values } of [...shares, ...mirrors ? [mirrors] : []]) {
        this.gpu.free(keys);
        this.gpu.free(values);
      }
    }
  }
}

/** Key heads of each share, about the same number, if at most `most` fit one binding. */
function headsOfShares(kvHeads: number, most: number): Pick<KvShare, "firstHead" | "heads">[] {
  const shares = Math.ceil(kvHeads / Math.min(kvHeads, Math.max(1, most)));
  const start = (share: number) => Math.floor(share * kvHeads / shares);
  return Array.from(
    { length: shares },
    (_, i) => ({ firstHead: start(i), heads: start(i + 1) - start(i) }),
  );
}

/** True if the driver gains from mirrors, buffers of this size fit in them, and a forward can write them. */
function canMirror(gpu: Gpu, shape: HeadShape, slots: number, capacity: number): boolean {
  const { maxTextureDimension2D, maxTextureArrayLayers } = gpu.device.limits;
  return gpu.traits.software && shape.headDim % 8 === 0 && capacity <= maxTextureDimension2D &&
    slots * shape.kvHeads <= maxTextureArrayLayers;
}
