import type { GenerationEvent, GenerationRequest } from "../options/types.ts";

/** Requests as they arrive, or as a list. */
export type Source<T> = AsyncIterable<T> | Iterable<T>;

/** A request with its index in the order given. */
export interface NumberedRequest {
  readonly request: GenerationRequest;
  readonly index: number;
}

/** A way to generate: token by token, beam search, prompt lookup, or the library's forward. */
export interface GenerationMethod {
  /**
   * Continues prompts. Events carry the index of their request; those of one request come in order.
   * @throws DataError for a request that cannot be run; the signal's reason
   */
  generate(source: Source<NumberedRequest>, signal?: AbortSignal | null): AsyncGenerator<GenerationEvent>;
  /** Ends a running request early, if the method can; its last event still comes. */
  cancel(index: number): void;
  /** Frees the device memory. */
  dispose(): void;
}

/** Numbers requests from 0. */
export async function* numbered(source: Source<GenerationRequest>): AsyncGenerator<NumberedRequest> {
  let index = 0;
  for await (const request of source) yield { request, index: index++ };
}
