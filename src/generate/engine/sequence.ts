import { now, since } from "../../base/clock.ts";
import { HostSampler, needsHost } from "../sampling/host_sampler.ts";
import type { GenerationEvent, GenerationRequest } from "../options/types.ts";

/** A running sequence. */
export class Active {
  /** Tokens emitted so far. */
  readonly tokens: number[] = [];
  /** Number of steps submitted to the device. */
  submitted = 0;
  /** Chooses the tokens on the host if the device's sampler does not support all options. */
  readonly host: HostSampler | undefined;
  readonly #start = now();
  #promptMs = 0;
  #firstToken = 0;

  /**
   * @param index number of the request
   * @param from number of leading rows that the slot held already
   */
  constructor(
    readonly index: number,
    readonly request: GenerationRequest,
    readonly slot: number,
    readonly from: number,
  ) {
    this.host = request.record || needsHost(request.options) ? new HostSampler(request) : undefined;
  }

  /** True if its logits are read back at every step. */
  get readsLogits(): boolean {
    return this.host !== undefined || this.request.options.logprobs !== undefined;
  }

  /** Number of steps during which end-of-sequence tokens are suppressed. */
  get blockedUntil(): number {
    const { ids, row, options } = this.request;
    if (options.eosTokenIds.length === 0) return 0;
    return Math.max(options.minNewTokens, (options.minLength ?? 0) - (row ?? ids).length);
  }

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
    return { promptMs: this.#promptMs, generateMs: since(this.#firstToken) };
  }
}

/** Maximum number of steps that any sequence has left. */
export function stepsLeft(active: readonly Active[]): number {
  return Math.max(...active.map(({ request, submitted }) => request.options.maxNewTokens - submitted));
}

/** Number of slots up to the last in use. */
export function sequencesOf(active: readonly Active[]): number {
  return Math.max(...active.map(({ slot }) => slot)) + 1;
}

/** Length of the longest sequence, in positions. */
export function reachOf(active: readonly Active[]): number {
  return Math.max(...active.map(({ request, submitted }) => request.ids.length + submitted));
}
