import { DataError } from "../base/errors.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Cache } from "../model/cache/cache_base.ts";
import { causalForward, type CausalLMInputs } from "../model/classes/causal_lm.ts";
import { DynamicCache } from "../model/cache/dynamic_cache.ts";
import type { LoadedModel } from "../model/weights/load.ts";
import { Sequence } from "./engine/sequence.ts";
import { Guidance, type GuidanceStart } from "./sampling/guidance.ts";
import { HostSampler } from "./sampling/host_sampler.ts";
import type { GenerationMethod, NumberedRequest, Source } from "./engine/method.ts";
import type { GenerationEvent } from "./options/types.ts";

/** Start state of a generation with its own embeddings or cache. */
export interface ForwardStart {
  /** [batch][tokens], including those already cached; undefined if only embeddings are given. */
  readonly rows?: readonly (readonly number[])[];
  /** [batch, tokens, hidden size], in place of the embeddings of `rows`. */
  readonly inputsEmbeds?: Tensor;
  /** [batch][tokens]; 0 for padding. */
  readonly mask: readonly (readonly number[])[];
  /** Already holds the first tokens of the rows; new tokens are appended to it. */
  readonly pastKeyValues?: Cache;
  /** Classifier-free guidance applied at every step. */
  readonly guidance?: GuidanceStart;
}

/**
 * Generates with the library's forward, one token per request at a time. Slower than the engine, which keeps
 * everything on the device, but gives the same tokens.
 */
export class ForwardMethod implements GenerationMethod {
  readonly #cancelled = new Set<number>();

  /** @param start one row for each request that will be generated */
  constructor(readonly model: LoadedModel, readonly start: ForwardStart) {}

  /**
   * Continues the rows; a request's index is its row.
   * @throws DataError if the cache already holds all given tokens; the signal's reason
   */
  async *generate(
    source: Source<NumberedRequest>,
    signal?: AbortSignal | null,
  ): AsyncGenerator<GenerationEvent> {
    const { rows, inputsEmbeds, mask: given, pastKeyValues, guidance: against } = this.start;
    const cache = pastKeyValues ?? new DynamicCache();
    const past = cache.getSeqLength();
    if (past >= given[0].length) {
      throw new DataError(
        `generate: pastKeyValues hold ${past} positions, expected fewer than the prompt's ${given[0].length}`,
      );
    }
    const active = (await Array.fromAsync(source)).map(({ request, index }) => new Sequence(index, request));
    const samplers = active.map(({ request }) => new HostSampler(request));
    const guidance = against && new Guidance(this.model, against);
    const open = new Set(active);
    const mask = given.map((row) => [...row]);
    let next: CausalLMInputs = inputsEmbeds && past === 0
      ? { inputsEmbeds }
      : { inputIds: rows!.map((row) => row.slice(past)) };
    try {
      for (let width = given[0].length - past; open.size > 0; width = 1) {
        signal?.throwIfAborted();
        const { logits } = await causalForward(this.model, {
          ...next,
          attentionMask: mask,
          positionIds: mask.map((row) => positions(row).slice(-width)),
          pastKeyValues: cache,
          logitsToKeep: 1,
        });
        const all = await logits.data();
        const guided = await guidance?.guide(all) ?? all;
        const vocabSize = all.length / active.length;
        // Tokens after the end of a sequence are never returned.
        const tokens = active.map(() => 0);
        for (const one of open) {
          const { index } = one;
          const [own, scores] = [all, guided].map((of) =>
            of.subarray(index * vocabSize, (index + 1) * vocabSize)
          );
          tokens[index] = samplers[index].next(own, scores);
          const finishReason = this.#take(one, tokens[index]);
          if (finishReason) open.delete(one);
          yield {
            index,
            tokens: [tokens[index]],
            ...(finishReason && { finishReason, timings: one.timings }),
          };
        }
        for (const row of mask) row.push(1);
        guidance?.take(tokens);
        next = { inputIds: tokens.map((token) => [token]) };
      }
    } finally {
      guidance?.dispose();
      if (!pastKeyValues) cache.dispose();
    }
  }

  /** Cancels a request; its final event is still emitted. */
  cancel(index: number): void {
    this.#cancelled.add(index);
  }

  /** Holds nothing between calls. */
  dispose(): void {}

  /** Takes a token of a sequence; returns why it has ended, if it has. */
  #take(one: Sequence, token: number): GenerationEvent["finishReason"] {
    const reason = one.take(token, one.request.options.maxNewTokens);
    if (this.#cancelled.delete(one.index)) return reason ?? "stop";
    return reason ?? (one.isLate ? "length" : undefined);
  }
}

/** Position ids count visible tokens; padding gets 1, as in transformers. */
function positions(mask: readonly number[]): number[] {
  let seen = 0;
  return mask.map((value) => value ? seen++ : 1);
}
