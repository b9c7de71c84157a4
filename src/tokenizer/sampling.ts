import { UsageError } from "../base/errors.ts";
import { kindOf } from "../base/json.ts";
import type { TokenizerConfig } from "./config_types.ts";
import { seededRandom } from "./text/random.ts";
import type { Sampling } from "./models/segmenter.ts";

/** `sp_model_kwargs` for the segmenters; undefined without `enable_sampling`. @throws UsageError for invalid values. */
export function readSampling(config: TokenizerConfig): Sampling | undefined {
  const { enableSampling, nbestSize = -1, alpha = 0.1, seed } = config.sampling;
  if (!enableSampling) return undefined;
  if (
    nbestSize === 0 || nbestSize === 1 || nbestSize < -1 || !Number.isInteger(nbestSize) || nbestSize > 512
  ) {
    throw new UsageError(
      `spModelKwargs.nbestSize: expected −1 or an integer from 2 to 512 with enableSampling, got ${
        kindOf(nbestSize)
      }`,
    );
  }
  if (!Number.isFinite(alpha)) {
    throw new UsageError(`spModelKwargs.alpha: expected a number, got ${kindOf(alpha)}`);
  }
  return { nbestSize, alpha, random: seed === undefined ? Math.random : seededRandom(seed) };
}
