import { DataError } from "../../base/errors.ts";
import { philox } from "../numbers/philox.ts";
import { processorsFor } from "./processors_for.ts";
import type { LogitsProcessor } from "../processors/types.ts";
import { DEVICE_OFF } from "../options/table.ts";
import type { GenerationOptions, GenerationRequest } from "../options/types.ts";

/** True for options that the device's sampler, which implements the common ones, does not support. */
export function needsHost(options: GenerationOptions): boolean {
  return processorsFor({ ...options, ...DEVICE_OFF }).length > 0;
}

/**
 * Chooses the tokens of one sequence from its logits, as the device's sampler would if it supported all
 * options: with the same random numbers, which depend only on the seed, the position and the sequence's
 * number.
 */
export class HostSampler {
  readonly #processors: readonly LogitsProcessor[];
  /** Prompt, its padding included, and the tokens so far. */
  readonly #ids: number[];
  readonly #promptLength: number;

  constructor(readonly request: GenerationRequest) {
    this.#ids = [...request.row ?? request.ids];
    this.#promptLength = this.#ids.length;
    this.#processors = processorsFor(request.options);
  }

  /**
   * Chooses the next token.
   * @param logits [vocabulary], not modified
   * @param guided scores to process instead
   * @throws DataError if they are not finite, or all tokens are removed
   */
  next(logits: Float32Array, guided: Float32Array = logits): number {
    const { options } = this.request;
    const step = this.#ids.length - this.#promptLength;
    if (!options.removeInvalidValues && !logits.every(Number.isFinite)) {
      throw new DataError(`the model gave logits that are not finite, at generated token ${step}`);
    }
    const scores = guided.slice();
    for (const process of this.#processors) process(this.#ids, scores, { promptLength: this.#promptLength });
    this.request.record?.(logits, scores);
    const token = options.doSample ? this.#draw(scores, step) : bestOf(scores);
    if (token === undefined) {
      throw new DataError(`the options leave no token to choose, at generated token ${step}`);
    }
    this.#ids.push(token);
    return token;
  }

  #draw(scores: Float32Array, step: number): number | undefined {
    const { request: { ids, options, sequence = 0 } } = this;
    const [word] = philox([ids.length - 1 + step, sequence, 0, 0], options.seed);
    return drawBy(scores, (word >>> 8) / 2 ** 24);
  }
}

/**
 * Samples a token from the softmax of scores by inverse transform: in id order, the first whose cumulative
 * sum exceeds the number. Undefined if all are removed.
 * @param uniform [0, 1)
 */
export function drawBy(scores: Float32Array, uniform: number): number | undefined {
  const best = bestOf(scores);
  if (best === undefined || scores[best] === Infinity) return best;
  const weights = new Float64Array(scores.length);
  let total = 0;
  for (let id = 0; id < scores.length; id++) total += weights[id] = Math.exp(scores[id] - scores[best]);
  let left = uniform * total;
  // Rounding may leave a remainder at the end, which a token without weight must not receive.
  let token = best;
  for (let id = 0; id < weights.length; id++) {
    if (weights[id] === 0) continue;
    token = id;
    left -= weights[id];
    if (left < 0) break;
  }
  return token;
}

function bestOf(scores: Float32Array): number | undefined {
  let best: number | undefined;
  for (let id = 0; id < scores.length; id++) {
    if (scores[id] > (best === undefined ? -Infinity : scores[best])) best = id;
  }
  return best;
}
