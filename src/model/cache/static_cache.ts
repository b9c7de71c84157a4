import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";
import { Cache } from "./cache_base.ts";

/** Size of a {@linkcode StaticCache}. */
export interface StaticCacheOptions {
  /** Config of the model; layers and heads are taken from the model at the first forward. */
  readonly config?: LlamaConfig;
  /** Maximum number of sequences; default: the batch size of the first forward. */
  readonly maxBatchSize?: number;
  /** Positions per sequence; default: the config's max_position_embeddings. */
  readonly maxCacheLen?: number;
}

/**
 * A cache with a fixed number of positions, whose keys and values span all of them: unwritten ones are zero.
 * A forward that needs more positions throws an error.
 *
 * @example
 * ```ts
 * import { LlamaForCausalLM, StaticCache } from "@llama/llama";
 *
 * using model = await LlamaForCausalLM.fromPretrained("./TinyLlama");
 * using pastKeyValues = new StaticCache({ config: model.config, maxCacheLen: 64 });
 * await model.forward({ inputIds: [[1, 5, 9]], pastKeyValues });
 * ```
 */
export class StaticCache extends Cache {
  /**
   * Allocates nothing before the first forward.
   * @throws Error if a size is not an integer above 0, or no length is given
   */
  constructor(options: StaticCacheOptions) {
    const { maxBatchSize, maxCacheLen = options.config?.maxPositionEmbeddings } = options;
    if (maxCacheLen === undefined) throw new DataError("StaticCache: expected maxCacheLen or config");
    for (const [name, size] of Object.entries({ maxBatchSize, maxCacheLen })) {
      if (size !== undefined && (!Number.isInteger(size) || size < 1)) {
        throw new DataError(`StaticCache: ${name}: expected a whole number above 0, got ${kindOf(size)}`);
      }
    }
    super(maxCacheLen, maxBatchSize);
  }

  /** Maximum number of positions. */
  get maxCacheLen(): number {
    return this.getMaxCacheShape();
  }
}
