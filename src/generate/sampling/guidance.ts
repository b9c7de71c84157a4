import { causalForward } from "../../model/classes/causal_lm.ts";
import { DynamicCache } from "../../model/cache/dynamic_cache.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { logSumExp } from "../numbers/logprobs.ts";

/** Guidance scale and the negative prompts, [batch][tokens]. */
export interface GuidanceStart {
  /** 1 only normalizes the scores; larger values guide more strongly. */
  readonly scale: number;
  readonly ids: readonly (readonly number[])[];
  /** 0 for padding. */
  readonly mask: readonly (readonly number[])[];
}

/**
 * Classifier-free guidance, as in transformers' UnbatchedClassifierFreeGuidanceLogitsProcessor: the model
 * also runs the new tokens after the negative prompts, and scores move away from those logits.
 */
export class Guidance {
  readonly scale: number;
  readonly #cache = new DynamicCache();
  readonly #mask: number[][];
  #next: readonly (readonly number[])[];

  constructor(readonly model: LoadedModel, { scale, ids, mask }: GuidanceStart) {
    this.scale = scale;
    this.#next = ids;
    this.#mask = mask.map((row) => [...row]);
  }

  /**
   * The guided scores.
   * @param logits of the prompts, [batch × vocabulary]
   */
  async guide(logits: Float32Array): Promise<Float32Array> {
    const forward = await causalForward(this.model, {
      inputIds: this.#next,
      attentionMask: this.#mask,
      pastKeyValues: this.#cache,
      logitsToKeep: 1,
    });
    const negative = await forward.logits.data();
    const guided = new Float32Array(logits.length);
    const vocabSize = logits.length / this.#mask.length;
    for (let at = 0; at < logits.length; at += vocabSize) {
      const [yes, no] = [logits, negative].map((all) => all.subarray(at, at + vocabSize));
      const [yesTotal, noTotal] = [logSumExp(yes), logSumExp(no)];
      for (let id = 0; id < vocabSize; id++) {
        const away = no[id] - noTotal;
        guided[at + id] = this.scale * (yes[id] - yesTotal - away) + away;
      }
    }
    return guided;
  }

  /** Appends the chosen tokens, one per prompt. */
  take(tokens: readonly number[]): void {
    this.#next = tokens.map((token) => [token]);
    for (const row of this.#mask) row.push(1);
  }

  dispose(): void {
    this.#cache.dispose();
  }
}
