import { BeamEngine, type BeamRequest } from "./beam_engine.ts";
import type { Engine } from "./engine.ts";
import { type NumberedRequest, PromptLookupEngine } from "./prompt_lookup_engine.ts";
import type { GenerationEvent, GenerationRequest } from "../options/types.ts";

/** The generation method of a request. */
type Method = "plain" | "beam" | "lookup";

/**
 * Runs each request by its method: plain decoding (the engine), beam search, or prompt lookup. Consecutive
 * requests of one method run together; the next method begins when they have ended.
 */
export class Methods {
  readonly #engine: Engine;
  readonly #beams: BeamEngine;
  readonly #lookup: PromptLookupEngine;
  /** Number of the request that the running engine counts as 0. */
  #first: number | undefined;

  constructor(engine: Engine) {
    const { model, options } = engine;
    this.#engine = engine;
    this.#beams = new BeamEngine(model, options);
    this.#lookup = new PromptLookupEngine(model, options);
  }

  /** Cancels a request; its final event is still emitted. A beam search runs to its end. */
  cancel(index: number): void {
    if (this.#first === undefined) this.#lookup.cancel(index);
    else this.#engine.cancel(index - this.#first);
  }

  /** Continues prompts; events of different requests interleave, those of one are in order. */
  async *generate(
    source: AsyncIterable<GenerationRequest> | Iterable<GenerationRequest>,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerationEvent> {
    const line = new RequestLine(source);
    try {
      for (let next = await line.peek(); next; next = await line.peek()) {
        switch (methodOf(next.request)) {
          case "plain":
            yield* this.#runPlain(line, next.index, signal);
            break;
          case "beam":
            yield* this.#beams.generate(searches(line), signal);
            break;
          case "lookup":
            yield* this.#lookup.generate(line.while("lookup"), signal);
        }
      }
    } finally {
      line.close();
    }
  }

  /** Frees the memory, the engine's included. */
  dispose(): void {
    this.#engine.dispose();
    this.#beams.dispose();
    this.#lookup.dispose();
  }

  async *#runPlain(line: RequestLine, first: number, signal?: AbortSignal): AsyncGenerator<GenerationEvent> {
    const requests = async function* () {
      for await (const { request } of line.while("plain")) yield request;
    };
    this.#first = first;
    try {
      for await (const event of this.#engine.generate(requests(), signal)) {
        yield { ...event, index: first + event.index };
      }
    } finally {
      this.#first = undefined;
    }
  }
}

function methodOf({ options }: GenerationRequest): Method {
  if ((options.numBeams ?? 1) > 1) return "beam";
  return options.promptLookupNumTokens ? "lookup" : "plain";
}

/** Numbered requests, taken one after another. */
class RequestLine {
  readonly #source: AsyncIterator<GenerationRequest> | Iterator<GenerationRequest>;
  #front: NumberedRequest | undefined;
  #count = 0;

  constructor(source: AsyncIterable<GenerationRequest> | Iterable<GenerationRequest>) {
    this.#source = Symbol.asyncIterator in source
      ? source[Symbol.asyncIterator]()
      : source[Symbol.iterator]();
  }

  /** The next request, without taking it; undefined at the end. */
  async peek(): Promise<NumberedRequest | undefined> {
    if (this.#front) return this.#front;
    const next = await this.#source.next();
    if (!next.done) this.#front = { request: next.value, index: this.#count++ };
    return this.#front;
  }

  /** Takes requests while they use that method. */
  async *while(method: Method): AsyncGenerator<NumberedRequest> {
    for (let next = await this.peek(); next && methodOf(next.request) === method; next = await this.peek()) {
      this.#front = undefined;
      yield next;
    }
  }

  /** Signals the source that no more is wanted; does not wait for a source still waiting for input. */
  close(): void {
    Promise.resolve(this.#source.return?.()).catch(() => {});
  }
}

/** Merges consecutive requests that share a search. */
async function* searches(line: RequestLine): AsyncGenerator<BeamRequest> {
  let group: NumberedRequest[] = [];
  for await (const next of line.while("beam")) {
    group.push(next);
    if (group.length < (group[0].request.options.numReturnSequences ?? 1)) continue;
    yield { request: group[0].request, indices: group.map(({ index }) => index) };
    group = [];
  }
}
