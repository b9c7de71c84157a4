import type { Tensor } from "../../gpu/tensor.ts";
import { CacheStorage } from "./cache_storage.ts";

/** Keys and values of one layer, each [batch, kv heads, length, head dim]. */
export interface CacheLayerTensors {
  /** Keys, rotated; read from the device when their data is asked for. */
  readonly keys: Tensor;
  /** Values; read from the device when their data is asked for. */
  readonly values: Tensor;
}

/** The device's side of a cache; for the forward, not for users. */
export let storageOf: (cache: Cache) => CacheStorage;

/**
 * What attention remembers of earlier tokens. `forward` appends to the one it is given as `pastKeyValues`. A cache
 * belongs to the first model that it is used with, and its memory lies on that model's device until
 * {@linkcode Cache.dispose}.
 */
export abstract class Cache {
  readonly #storage: CacheStorage;

  static {
    storageOf = (cache) => cache.#storage;
  }

  /** For the two kinds below: a fixed number of positions, or as many as are needed. */
  protected constructor(limit?: number, maxBatch?: number) {
    this.#storage = new CacheStorage(limit, maxBatch);
  }

  /** Keys and values layer by layer, as they stand when their data is asked for; empty before the first forward. */
  get layers(): readonly CacheLayerTensors[] {
    const storage = this.#storage;
    return Array.from({ length: storage.kv?.shape.layers ?? 0 }, (_, layer) => ({
      get keys() {
        return storage.tensor(layer, "keys");
      },
      get values() {
        return storage.tensor(layer, "values");
      },
    }));
  }

  /** Number of layers; 0 before the first forward. */
  get length(): number {
    return this.#storage.kv?.shape.layers ?? 0;
  }

  /** Positions that are filled. */
  getSeqLength(): number {
    return this.#storage.length;
  }

  /** Most positions; -1 where there is no limit. */
  getMaxCacheShape(): number {
    return this.#storage.limit ?? -1;
  }

  /**
   * Makes sequence i the one that was `indices[i]` (beam search).
   * @throws Error when an index is no sequence of the cache
   */
  reorderCache(indices: readonly number[]): void {
    this.#storage.select(indices);
  }

  /** The same as {@linkcode Cache.reorderCache}. */
  reorder(indices: readonly number[]): void {
    this.#storage.select(indices);
  }

  /** Forgets all tokens. */
  reset(): void {
    this.#storage.clear();
  }

  /** Gives the memory back; the cache is empty afterwards. */
  dispose(): void {
    this.#storage.clear();
  }

  /** The same at the end of a block: `using cache = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
