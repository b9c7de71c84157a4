import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";

/** Columns that may share a scale. */
const GROUP_SIZES: readonly number[] = [32, 64, 128, 256];

/** Options of {@linkcode Int4WeightOnlyConfig}. */
export interface Int4WeightOnlyOptions {
  /** Neighbouring columns that share a scale and a zero: 32, 64, 128 or 256; 128 unless told. */
  readonly groupSize?: number;
}

/**
 * Asks for linear weights in 4 bits, as torchao's class of this name does (version 1, tinygemm). lm_head, embeddings
 * and other heads stay as they are, and so does a matrix whose columns the group does not divide.
 */
export class Int4WeightOnlyConfig {
  /** Neighbouring columns that share a scale and a zero. */
  readonly groupSize: number;

  /**
   * Asks for groups of 128 columns unless told.
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
