import { DataError } from "../../base/errors.ts";
import { Tensor } from "../../gpu/tensor.ts";
import { decodeRows } from "../../ops/kv_rows.ts";
import { KvBuffers } from "../kv/kv_buffers.ts";
import { copySlots, readSlot } from "../kv/kv_transfer.ts";
import type { LoadedModel } from "../weights/load.ts";
import { kvShape } from "../kv/workspace.ts";

/** A growing cache is enlarged in steps of this many positions. */
const STEP = 64;

/** The device side of a public cache: allocated by the first forward, then grown, copied and read. */
export class CacheStorage {
  /** Positions in use. */
  length = 0;
  /** The buffers; undefined until a forward has made them. */
  kv: KvBuffers | undefined;

  /**
   * @param limit fixed number of positions; without it the cache grows
   * @param maxBatch maximum number of sequences
   */
  constructor(readonly limit?: number, readonly maxBatch?: number) {}

  /**
   * Ensures room for `positions` positions of each of `batch` sequences.
   * @throws DataError if a static cache is full, or the cache belongs to another model or batch
   */
  reserve(model: LoadedModel, batch: number, positions: number): KvBuffers {
    if (this.limit !== undefined && positions > this.limit) {
      throw new DataError(
        `StaticCache: full: maxCacheLen is ${this.limit}, ${positions} positions are needed`,
      );
    }
    if (this.maxBatch !== undefined && batch > this.maxBatch) {
      throw new DataError(
        `StaticCache: maxBatchSize is ${this.maxBatch}, the inputs have ${batch} sequences`,
      );
    }
    const { gpu, config } = model;
    const old = this.kv;
    const shape = kvShape(config, old?.shape.dtype ?? model.kvDtype);
    if (old) {
      const { layers, kvHeads, headDim } = old.shape;
      const fits = layers === shape.layers && kvHeads === shape.kvHeads && headDim === shape.headDim;
      if (old.gpu !== gpu || !fits) throw new DataError("pastKeyValues: the cache is of another model");
      if (old.slots !== batch) {
        throw new DataError(`pastKeyValues: the cache has ${old.slots} sequences, the inputs ${batch}`);
      }
      if (old.capacity >= positions) return old;
    }
    const grown = Math.ceil(Math.max(positions, (old?.capacity ?? 0) * 2) / STEP) * STEP;
    this.kv = new KvBuffers(gpu, shape, batch, this.limit ?? grown);
    if (old) {
      copySlots(old, this.kv, Array.from({ length: batch }, (_, i) => [i, i]), this.length);
      old.dispose();
    }
    return this.kv;
  }

  /** Copies slot `slots[i]` to slot i. */
  select(slots: readonly number[]): void {
    const old = this.kv;
    if (!old) return;
    for (const slot of slots) {
      if (!Number.isInteger(slot) || slot < 0 || slot >= old.slots) {
        throw new DataError(`cache: sequence ${slot}: expected a whole number from 0 to ${old.slots - 1}`);
      }
    }
    if (slots.length === 0) throw new DataError("cache: expected at least one sequence to keep");
    this.kv = new KvBuffers(old.gpu, old.shape, slots.length, old.capacity);
    copySlots(old, this.kv, slots.map((slot, i) => [slot, i]), this.length);
    old.dispose();
  }

  /** Keys or values of a layer, as of the time the numbers are read. */
  tensor(layer: number, part: "keys" | "values"): Tensor {
    const { shape: { kvHeads, headDim, dtype }, slots } = this.kv!;
    const length = this.limit ?? this.length;
    return Tensor.lazy([slots, kvHeads, length, headDim], async () => {
      const kv = this.kv;
      if (!kv || kv.slots < slots || kv.capacity < length) {
        throw new DataError("cache: these keys and values are gone, as the cache was reset or disposed");
      }
      const result = new Float32Array(slots * kvHeads * length * headDim);
      for (let slot = 0; slot < slots; slot++) {
        const rows = decodeRows(await readSlot(kv, { slot, length, layer, part }), headDim, dtype);
        result.set(rows, slot * rows.length);
      }
      return result;
    });
  }

  /** Removes all tokens and frees the memory. */
  clear(): void {
    this.kv?.dispose();
    this.kv = undefined;
    this.length = 0;
  }
}
