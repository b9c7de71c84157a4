import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { DataError } from "../../base/errors.ts";
import { Cache } from "./cache_base.ts";

/** How large a {@linkcode StaticCache} is. */
export interface StaticCacheOptions {
  /** Config of the model; what it says of layers and heads is taken from the model at the first forward. */
  readonly config?: LlamaConfig;
  /** Most sequences; as many as the first forward has unless told. */
  readonly maxBatchSize?: number;
  /** Positions of each sequence; the config's max_position_embeddings unless told. */
  readonly maxCacheLen?: number;
}

/**
 * A cache of a fixed number of positions, whose keys and values span all of them: those not written yet are zero.
 * A forward that needs more positions is an error.
 */
export class StaticCache extends Cache {
  /**
   * Nothing is allocated before the first forward.
   * @throws Error when a size is no whole number above 0, or no length is given
   */
  constructor(options: StaticCacheOptions) {
    const { maxBatchSize, maxCacheLen = options.config?.maxPositionEmbeddings } = options;
    if (maxCacheLen === undefined) throw new DataError("StaticCache: expected maxCacheLen or config");
    for (const [name, size] of Object.entries({ maxBatchSize, maxCacheLen })) {
      if (size !== undefined && (!Number.isInteger(size) || size < 1)) {
        throw new DataError(`StaticCache: ${name}: expected a whole number above 0, got ${size}`);
      }
    }
    super(maxCacheLen, maxBatchSize);
  }

  /** Most positions. */
  get maxCacheLen(): number {
    return this.getMaxCacheShape();
  }
}
