import { now, since } from "../../base/clock.ts";
import type { GenerationEvent, GenerationRequest } from "../options/types.ts";

/** A request while it runs. */
export class Sequence {
  /** Tokens emitted so far. */
  readonly tokens: number[] = [];
  readonly #start = now();
  #promptMs = 0;
  #firstToken = 0;

  /** @param index number of the request */
  constructor(readonly index: number, readonly request: GenerationRequest) {}

  /** Appends a token; returns the finish reason if the sequence ends with it, else undefined. */
  take(token: number, limit: number): GenerationEvent["finishReason"] {
    const { options, isOver } = this.request;
    if (this.tokens.length === 0) {
      this.#firstToken = now();
      this.#promptMs = since(this.#start);
    }
    this.tokens.push(token);
    if (options.eosTokenIds.includes(token) || isOver?.(this.tokens)) return "stop";
    return this.tokens.length >= limit ? "length" : undefined;
  }

  /** True if its time limit has passed. */
  get isLate(): boolean {
    return since(this.#start) > (this.request.options.maxTime ?? Infinity) * 1000;
  }

  /** Time spent so far on the prompt and on the answer. */
  get timings(): { promptMs: number; generateMs: number } {
    if (this.tokens.length === 0) return { promptMs: since(this.#start), generateMs: 0 };
    return { promptMs: this.#promptMs, generateMs: since(this.#firstToken) };
  }
}
