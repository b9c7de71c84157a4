import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";

/** Allowed numbers of columns that share a scale. */
const GROUP_SIZES: readonly number[] = [32, 64, 128, 256];

/** Options of {@linkcode Int4WeightOnlyConfig}. */
export interface Int4WeightOnlyOptions {
  /** Adjacent columns that share a scale and a zero: 32, 64, 128 or 256; default: 128. */
  readonly groupSize?: number;
}

/**
 * Requests linear weights in 4 bits, as torchao's class of this name does (version 1, tinygemm). lm_head, embeddings
 * and other heads are unchanged, and so is a matrix whose column count is not a multiple of the group size.
 *
 * @example
 * ```ts
 * import { Int4WeightOnlyConfig, LlamaForCausalLM } from "@llama/llama";
 *
 * const quantizationConfig = new Int4WeightOnlyConfig({ groupSize: 64 });
 * using model = await LlamaForCausalLM.fromPretrained("./TinyLlama", { quantizationConfig });
 * ```
 */
export class Int4WeightOnlyConfig {
  /** Adjacent columns that share a scale and a zero. */
  readonly groupSize: number;

  /**
   * Default: groups of 128 columns.
   * @throws DataError for another group size or an unknown option
   */
  constructor(options: Int4WeightOnlyOptions = {}) {
    for (const key of Object.keys(options)) {
      if (key !== "groupSize") {
        throw new DataError(`Int4WeightOnlyConfig: ${kindOf(key)} is unknown, expected groupSize`);
      }
    }
    const { groupSize = 128 } = options;
    if (!GROUP_SIZES.includes(groupSize)) {
      throw new DataError(
        `Int4WeightOnlyConfig: groupSize: expected one of ${GROUP_SIZES.join(", ")}, got ${
          kindOf(groupSize)
        }`,
      );
    }
    this.groupSize = groupSize;
  }
}
