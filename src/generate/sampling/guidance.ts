import { causalForward } from "../../model/classes/causal_lm.ts";
import { DynamicCache } from "../../model/cache/dynamic_cache.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { logSumExp } from "../numbers/logprobs.ts";

/** How far scores move, and what the prompts are held against, [batch][tokens]. */
export interface GuidanceStart {
  /** 1 changes nothing but the form of the scores, more moves further. */
  readonly scale: number;
  readonly ids: readonly (readonly number[])[];
  /** 0 for padding. */
  readonly mask: readonly (readonly number[])[];
}

/**
 * Guidance without a classifier, as transformers' UnbatchedClassifierFreeGuidanceLogitsProcessor: the model reads the
 * same new tokens behind the negative prompts too, and scores move away from what it says there.
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
   * The scores to choose from.
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

  /** Takes the tokens that were chosen, one for each prompt. */
  take(tokens: readonly number[]): void {
    this.#next = tokens.map((token) => [token]);
    for (const row of this.#mask) row.push(1);
  }

  dispose(): void {
    this.#cache.dispose();
  }
}
