import { BeamEngine, type BeamRequest } from "./beam_engine.ts";
import type { Engine } from "./engine.ts";
import { type NumberedRequest, PromptLookupEngine } from "./prompt_lookup_engine.ts";
import type { GenerationEvent, GenerationRequest } from "../options/types.ts";

/** How a request is made. */
type Method = "plain" | "beam" | "lookup";

/**
 * Runs requests by the method that each asks for: token by token (the engine), beam search, or guesses from the prompt.
 * Requests of one method that follow each other run together; the next method begins when they have ended.
 */
export class Methods {
  readonly #engine: Engine;
  readonly #beams: BeamEngine;
  readonly #lookup: PromptLookupEngine;
  /** Number of the first request that the engine counts as 0, while it is at work. */
  #first: number | undefined;

  constructor(engine: Engine) {
    const { model, options } = engine;
    this.#engine = engine;
    this.#beams = new BeamEngine(model, options);
    this.#lookup = new PromptLookupEngine(model, options);
  }

  /** Ends a request early; its last event still comes. A beam search goes on to its end. */
  cancel(index: number): void {
    if (this.#first === undefined) this.#lookup.cancel(index);
    else this.#engine.cancel(index - this.#first);
  }

  /** Continues prompts; events of different requests are mixed, those of one come in order. */
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

  /** Gives the memory back, the engine's too. */
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

/** Requests with their numbers, taken one after another. */
class RequestLine {
  readonly #source: AsyncIterator<GenerationRequest> | Iterator<GenerationRequest>;
  #front: NumberedRequest | undefined;
  #count = 0;

  constructor(source: AsyncIterable<GenerationRequest> | Iterable<GenerationRequest>) {
    this.#source = Symbol.asyncIterator in source
      ? source[Symbol.asyncIterator]()
      : source[Symbol.iterator]();
  }

  /** The next request, left where it is; undefined at the end. */
  async peek(): Promise<NumberedRequest | undefined> {
    if (this.#front) return this.#front;
    const next = await this.#source.next();
    if (!next.done) this.#front = { request: next.value, index: this.#count++ };
    return this.#front;
  }

  /** Takes requests as long as they want that method. */
  async *while(method: Method): AsyncGenerator<NumberedRequest> {
    for (let next = await this.peek(); next && methodOf(next.request) === method; next = await this.peek()) {
      this.#front = undefined;
      yield next;
    }
  }

  /** Tells the source that no more is wanted; one that is still waiting for input is not waited for. */
  close(): void {
    Promise.resolve(this.#source.return?.()).catch(() => {});
  }
}

/** Requests in a row that share a search become one. */
async function* searches(line: RequestLine): AsyncGenerator<BeamRequest> {
  let group: NumberedRequest[] = [];
  for await (const next of line.while("beam")) {
    group.push(next);
    if (group.length < (group[0].request.options.numReturnSequences ?? 1)) continue;
    yield { request: group[0].request, indices: group.map(({ index }) => index) };
    group = [];
  }
}
