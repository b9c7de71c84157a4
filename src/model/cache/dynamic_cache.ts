import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";
import { Cache, storageOf } from "./cache_base.ts";

/**
 * A cache that grows with the sequence.
 *
 * @example
 * ```ts
 * import { DynamicCache, LlamaForCausalLM } from "@llama/llama";
 *
 * using model = await LlamaForCausalLM.fromPretrained("./TinyLlama");
 * using pastKeyValues = new DynamicCache();
 * await model.forward({ inputIds: [[1, 5, 9]], pastKeyValues });
 * console.log(pastKeyValues.getSeqLength()); // 3
 * ```
 */
export class DynamicCache extends Cache {
  /** Creates an empty cache; its shape is set by the first model that uses it, whatever the config says. */
  constructor(_options: { readonly config?: LlamaConfig } = {}) {
    super();
  }

  /**
   * Keeps the first `maxLength` positions; a negative number drops that many from the end.
   * @throws DataError if `maxLength` is not an integer
   */
  crop(maxLength: number): void {
    if (!Number.isInteger(maxLength)) {
      throw new DataError(`crop: expected a whole number of positions, got ${kindOf(maxLength)}`);
    }
    const storage = storageOf(this);
    const length = maxLength < 0 ? Math.max(0, storage.length + maxLength) : maxLength;
    storage.length = Math.min(storage.length, length);
  }

  /**
   * Repeats every sequence in place: a, b with 2 becomes a, a, b, b.
   * @throws DataError if `repeats` is not an integer above 0
   */
  batchRepeatInterleave(repeats: number): void {
    if (!Number.isInteger(repeats) || repeats < 1) {
      throw new DataError(`batchRepeatInterleave: expected a whole number above 0, got ${kindOf(repeats)}`);
    }
    const slots = storageOf(this).kv?.slots ?? 0;
    storageOf(this).select(Array.from({ length: slots * repeats }, (_, i) => Math.floor(i / repeats)));
  }

  /**
   * Keeps the given sequences, in that order.
   * @throws Error if an index is out of range
   */
  batchSelectIndices(indices: readonly number[]): void {
    storageOf(this).select(indices);
  }
}
