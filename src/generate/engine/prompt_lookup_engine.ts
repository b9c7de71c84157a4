import type { LoadedModel } from "../../model/weights/load.ts";
import { capacityFor, newTokensWithin } from "./admission.ts";
import { Sequence } from "./sequence.ts";
import { HostSampler } from "../sampling/host_sampler.ts";
import { describeLogprobs } from "../numbers/logprobs.ts";
import type { GenerationMethod, NumberedRequest, Source } from "./method.ts";
import { promptLookup } from "./prompt_lookup.ts";
import { RowDecoder } from "../decode/row_decoder.ts";
import type { GenerationEvent } from "../options/types.ts";

/** Longest n-gram to match, as in transformers. */
const LONGEST_MATCH = 2;

/**
 * Prompt lookup decoding: guesses several tokens from the text itself and verifies them in one forward.
 * Tokens, sampled ones included, equal those of token-by-token decoding, in fewer forwards if the text
 * repeats itself. Runs one prompt at a time.
 */
export class PromptLookupEngine implements GenerationMethod {
  #decoder: RowDecoder | undefined;
  readonly #cancelled = new Set<number>();
  #forwards = 0;

  constructor(readonly model: LoadedModel, readonly options: { maxLength: number }) {}

  /** Number of forwards over the current cache, prompts not counted. */
  get forwards(): number {
    return this.#forwards + (this.#decoder?.forwards ?? 0);
  }

  /** Cancels a request; its final event is still emitted. */
  cancel(index: number): void {
    this.#cancelled.add(index);
  }

  /** Continues prompts one after another. @throws DataError */
  async *generate(
    source: Source<NumberedRequest>,
    signal?: AbortSignal | null,
  ): AsyncGenerator<GenerationEvent> {
    try {
      for await (const one of source) yield* this.#continue(one, signal);
    } finally {
      this.#cancelled.clear();
    }
  }

  dispose(): void {
    this.#forwards = this.forwards;
    this.#decoder?.dispose();
    this.#decoder = undefined;
  }

  async *#continue(
    { request, index }: NumberedRequest,
    signal?: AbortSignal | null,
  ): AsyncGenerator<GenerationEvent> {
    const { ids, options } = request;
    const one = new Sequence(index, request);
    if (options.maxNewTokens === 0) {
      yield { index, tokens: [], finishReason: "length", timings: { promptMs: 0, generateMs: 0 } };
      return;
    }
    const limit = newTokensWithin(this.options.maxLength, request);
    const { promptLookupNumTokens: count = 0, maxMatchingNgramSize: longest = LONGEST_MATCH } = options;
    const decoder = this.#ready(ids.length + limit - 1, count + 1);
    const sampler = new HostSampler(request);
    let guessed: number[] = [];
    let logits = [await decoder.prefill(0, ids)];
    for (;;) {
      signal?.throwIfAborted();
      const before = one.tokens.length;
      let finishReason: GenerationEvent["finishReason"];
      for (const [i, row] of logits.entries()) {
        const token = sampler.next(row);
        finishReason = one.take(token, limit);
        // Logits after a wrong guess belong to a different text.
        if (finishReason || token !== guessed[i]) break;
      }
      if (this.#cancelled.delete(index)) finishReason ??= "stop";
      if (one.isLate) finishReason ??= "length";
      const tokens = one.tokens.slice(before);
      yield {
        index,
        tokens,
        ...(options.logprobs !== undefined && {
          logprobs: tokens.map((token, i) => describeLogprobs(logits[i], token, options.logprobs!)),
        }),
        ...(finishReason && { finishReason, timings: one.timings }),
      };
      if (finishReason) return;
      const text = [...ids, ...one.tokens];
      guessed = promptLookup(text, count, longest).slice(0, limit - one.tokens.length - 1);
      const first = text.length - 1;
      logits = await decoder.step(
        [text[first], ...guessed].map((token, i) => ({ slot: 0, token, position: first + i })),
      );
    }
  }

  #ready(positions: number, rows: number): RowDecoder {
    const old = this.#decoder;
    if (old && old.capacity >= positions && old.rows >= rows) return old;
    this.dispose();
    this.#decoder = new RowDecoder(this.model, 1, capacityFor(positions, this.options.maxLength), rows);
    return this.#decoder;
  }
}
