import { DataError } from "../base/errors.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Cache } from "../model/cache/cache_base.ts";
import { causalForward, type CausalLMInputs } from "../model/classes/causal_lm.ts";
import { DynamicCache } from "../model/cache/dynamic_cache.ts";
import type { LoadedModel } from "../model/weights/load.ts";
import { Active } from "./engine/sequence.ts";
import { Guidance, type GuidanceStart } from "./sampling/guidance.ts";
import { HostSampler } from "./sampling/host_sampler.ts";
import type { GenerationEvent, GenerationRequest } from "./options/types.ts";

/** Where a generation begins that brings its embeddings or its cache. */
export interface ForwardStart {
  /** [batch][tokens], those in the cache too; undefined with embeddings alone. */
  readonly rows?: readonly (readonly number[])[];
  /** [batch, tokens, hidden size], instead of the rows' own. */
  readonly inputsEmbeds?: Tensor;
  /** 0 for padding, [batch][tokens]. */
  readonly mask: readonly (readonly number[])[];
  /** Holds the first tokens of the rows already, and takes in what is made. */
  readonly pastKeyValues?: Cache;
  /** What the prompts are held against at every step. */
  readonly guidance?: GuidanceStart;
}

/**
 * Generates by forwards of the library, a token for every request at a time. It is slower than the engine, which keeps
 * everything on the device, and gives the same tokens.
 * @param requests as many as the start has rows
 * @throws DataError when the cache holds all that is given; the signal's reason
 */
export async function* generateByForward(
  model: LoadedModel,
  requests: readonly GenerationRequest[],
  { rows, inputsEmbeds, mask: given, pastKeyValues, guidance: against }: ForwardStart,
  signal?: AbortSignal | null,
): AsyncGenerator<GenerationEvent> {
  const cache = pastKeyValues ?? new DynamicCache();
  const past = cache.getSeqLength();
  if (past >= given[0].length) {
    throw new DataError(
      `generate: pastKeyValues hold ${past} positions, expected fewer than the prompt's ${given[0].length}`,
    );
  }
  const active = requests.map((request, index) => new Active(index, request, index, past));
  const samplers = requests.map((request) => new HostSampler(request));
  const guidance = against && new Guidance(model, against);
  const open = new Set(active);
  const mask = given.map((row) => [...row]);
  let next: CausalLMInputs = inputsEmbeds && past === 0
    ? { inputsEmbeds }
    : { inputIds: rows!.map((row) => row.slice(past)) };
  try {
    for (let width = given[0].length - past; open.size > 0; width = 1) {
      signal?.throwIfAborted();
      const { logits } = await causalForward(model, {
        ...next,
        attentionMask: mask,
        positionIds: mask.map((row) => positions(row).slice(-width)),
        pastKeyValues: cache,
        logitsToKeep: 1,
      });
      const all = await logits.data();
      const guided = await guidance?.guide(all) ?? all;
      const vocabSize = all.length / requests.length;
      // What follows the end of a sequence is seen by nobody.
      const tokens = requests.map(() => 0);
      for (const one of open) {
        const { index, request: { options } } = one;
        const [own, scores] = [all, guided].map((of) =>
          of.subarray(index * vocabSize, (index + 1) * vocabSize)
        );
        const token = samplers[index].next(own, scores);
        tokens[index] = token;
        const finishReason = one.take(token, options.maxNewTokens) ?? (one.isLate ? "length" : undefined);
        if (finishReason) open.delete(one);
        yield { index, tokens: [token], ...(finishReason && { finishReason, timings: one.timings }) };
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

/** Positions count what may be seen; padding gets 1, as in transformers. */
function positions(mask: readonly number[]): number[] {
  let seen = 0;
  return mask.map((value) => value ? seen++ : 1);
}
