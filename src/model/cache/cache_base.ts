import type { Tensor } from "../../gpu/tensor.ts";
import { CacheStorage } from "./cache_storage.ts";

/** Keys and values of one layer, each [batch, kv heads, length, head dim]. */
export interface CacheLayerTensors {
  /** Keys, rotated; read from the device on demand. */
  readonly keys: Tensor;
  /** Values; read from the device on demand. */
  readonly values: Tensor;
}

/** The device side of a cache; internal to the forward. */
export let storageOf: (cache: Cache) => CacheStorage;

/**
 * KV cache: keys and values of earlier tokens. `forward` appends to the cache passed as `pastKeyValues`. A
 * cache belongs to the first model it is used with and occupies that model's device memory until {@linkcode
 * Cache.dispose}.
 *
 * @example
 * ```ts
 * import { Cache, DynamicCache } from "@llama/llama";
 *
 * using cache = new DynamicCache();
 * console.log(cache instanceof Cache, cache.getSeqLength()); // true 0
 * ```
 */
export abstract class Cache {
  readonly #storage: CacheStorage;

  static {
    storageOf = (cache) => cache.#storage;
  }

  /**
   * Creates an empty cache; nothing is allocated before the first forward.
   * @param limit fixed number of positions (StaticCache); unlimited if omitted (DynamicCache)
   */
  protected constructor(limit?: number, maxBatch?: number) {
    this.#storage = new CacheStorage(limit, maxBatch);
  }

  /** Keys and values by layer, as of the time their data is read; empty before the first forward. */
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

  /** Number of filled positions. */
  getSeqLength(): number {
    return this.#storage.length;
  }

  /** Maximum number of positions; -1 if there is no limit. */
  getMaxCacheShape(): number {
    return this.#storage.limit ?? -1;
  }

  /**
   * Replaces sequence i with the previous sequence `indices[i]` (beam search).
   * @throws Error if an index is out of range
   */
  reorderCache(indices: readonly number[]): void {
    this.#storage.select(indices);
  }

  /** Same as {@linkcode Cache.reorderCache}. */
  reorder(indices: readonly number[]): void {
    this.#storage.select(indices);
  }

  /** Removes all tokens. */
  reset(): void {
    this.#storage.clear();
  }

  /** Frees the memory; the cache is empty afterwards. */
  dispose(): void {
    this.#storage.clear();
  }

  /** Frees the memory at the end of a block: `using cache = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
