import { BeamEngine } from "./beam_engine.ts";
import type { Engine } from "./engine.ts";
import type { GenerationMethod, NumberedRequest, Source } from "./method.ts";
import { PromptLookupEngine } from "./prompt_lookup_engine.ts";
import type { GenerationEvent, GenerationRequest } from "../options/types.ts";

/** The generation method of a request. */
type Method = "plain" | "beam" | "lookup";

/**
 * Runs each request by its method: plain decoding (the engine), beam search, or prompt lookup. Consecutive
 * requests of one method run together; the next method begins when they have ended.
 */
export class Methods {
  readonly #methods: Readonly<Record<Method, GenerationMethod>>;
  /** The method that is running. */
  #current: GenerationMethod | undefined;

  constructor(engine: Engine) {
    const { model, options } = engine;
    this.#methods = {
      plain: engine,
      beam: new BeamEngine(model, options),
      lookup: new PromptLookupEngine(model, options),
    };
  }

  /** Cancels a running request; its final event is still emitted. A beam search runs to its end. */
  cancel(index: number): void {
    this.#current?.cancel(index);
  }

  /** Continues prompts; events of different requests interleave, those of one are in order. */
  async *generate(
    source: Source<GenerationRequest>,
    signal?: AbortSignal | null,
  ): AsyncGenerator<GenerationEvent> {
    const line = new RequestLine(source);
    try {
      for (let next = await line.peek(); next; next = await line.peek()) {
        const method = methodOf(next.request);
        this.#current = this.#methods[method];
        yield* this.#current.generate(line.while(method), signal);
      }
    } finally {
      this.#current = undefined;
      line.close();
    }
  }

  /** Frees the memory, the engine's included. */
  dispose(): void {
    for (const method of Object.values(this.#methods)) method.dispose();
  }
}

function methodOf({ options, constraint }: GenerationRequest): Method {
  if ((options.numBeams ?? 1) > 1) return "beam";
  // Prompt lookup changes no token, so a constraint, which it lacks, may do without.
  return options.promptLookupNumTokens && !constraint ? "lookup" : "plain";
}

/** Numbered requests, taken one after another. */
class RequestLine {
  readonly #source: AsyncIterator<GenerationRequest> | Iterator<GenerationRequest>;
  #front: NumberedRequest | undefined;
  #count = 0;

  constructor(source: Source<GenerationRequest>) {
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
