import { now, since } from "../../base/clock.ts";
import { HostSampler, needsHost } from "../sampling/host_sampler.ts";
import type { GenerationEvent, GenerationRequest } from "../options/types.ts";

/** A sequence that is being generated. */
export class Active {
  /** Tokens given out. */
  readonly tokens: number[] = [];
  /** Steps that the device has been told to make. */
  submitted = 0;
  /** Chooses the tokens where the device's sampler does not know all options. */
  readonly host: HostSampler | undefined;
  readonly #start = now();
  #promptMs = 0;
  #firstToken = 0;

  /**
   * @param index number of the request
   * @param from first rows that the slot held already
   */
  constructor(
    readonly index: number,
    readonly request: GenerationRequest,
    readonly slot: number,
    readonly from: number,
  ) {
    this.host = request.record || needsHost(request.options) ? new HostSampler(request) : undefined;
  }

  /** Whether its logits are read back at every step. */
  get readsLogits(): boolean {
    return this.host !== undefined || this.request.options.logprobs !== undefined;
  }

  /** Steps before which no end of sequence comes. */
  get blockedUntil(): number {
    const { ids, row, options } = this.request;
    if (options.eosTokenIds.length === 0) return 0;
    return Math.max(options.minNewTokens, (options.minLength ?? 0) - (row ?? ids).length);
  }

  /** Takes a token; tells why the sequence ends with it, undefined where it goes on. */
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

  /** Whether its time is up. */
  get isLate(): boolean {
    return since(this.#start) > (this.request.options.maxTime ?? Infinity) * 1000;
  }

  /** How long prompt and answer took so far. */
  get timings(): { promptMs: number; generateMs: number } {
    return { promptMs: this.#promptMs, generateMs: since(this.#firstToken) };
  }
}

/** Steps that the sequence with most to do has left. */
export function stepsLeft(active: readonly Active[]): number {
  return Math.max(...active.map(({ request, submitted }) => request.options.maxNewTokens - submitted));
}

/** Slots from the first to the last in use. */
export function sequencesOf(active: readonly Active[]): number {
  return Math.max(...active.map(({ slot }) => slot)) + 1;
}

/** Positions of the longest sequence. */
export function reachOf(active: readonly Active[]): number {
  return Math.max(...active.map(({ request, submitted }) => request.ids.length + submitted));
}
