import type { PromptKey } from "../decode/slot_contents.ts";
import type { GenerationRequest } from "../options/types.ts";
import { HostSampler, needsHost } from "../sampling/host_sampler.ts";
import { Held } from "./held.ts";
import { Sequence } from "./sequence.ts";

/** A sequence that has a slot: its prompt is being worked off, or its tokens are generated. */
export class Active extends Sequence {
  /** Number of leading rows that were cached; undefined before its first chunk. */
  from: number | undefined;
  /** Number of leading prompt rows submitted to the device. */
  done = 0;
  /** Number of steps submitted to the device; the prompt counts as the first. */
  submitted = 0;
  /** True after its last event. */
  ended = false;
  /** An earlier prompt that computes so many rows of this one, which copies them then. */
  twin: { readonly one: Active; readonly rows: number } | undefined;
  /** Chooses the tokens on the host if the device's sampler does not support all options. */
  readonly host: HostSampler | undefined;

  /** The tokens that it may choose, if it is held to a language. */
  readonly held: Held | undefined;

  /** @throws DataError if the options cannot be used */
  constructor(index: number, request: GenerationRequest, readonly slot: number, readonly key: PromptKey) {
    super(index, request);
    this.host = request.record || needsHost(request.options) ? new HostSampler(request) : undefined;
    this.held = request.constraint && new Held(request.constraint, request.options.eosTokenIds);
  }

  /** True if its prompt has rows left to run. */
  get isPrompt(): boolean {
    return this.submitted === 0;
  }

  /** True if it waits for the rows of an earlier prompt. */
  get waits(): boolean {
    return this.twin !== undefined && !this.twin.one.ended && this.twin.one.done < this.twin.rows;
  }

  /** True if its logits are read back at every step. */
  get readsLogits(): boolean {
    return this.host !== undefined || this.request.options.logprobs !== undefined;
  }

  /** True if the options allow an end token as the next one. */
  get mayEnd(): boolean {
    return this.tokens.length >= this.blockedUntil;
  }

  /** Number of steps during which end-of-sequence tokens are suppressed. */
  get blockedUntil(): number {
    const { ids, row, options } = this.request;
    if (options.eosTokenIds.length === 0) return 0;
    return Math.max(options.minNewTokens, (options.minLength ?? 0) - (row ?? ids).length);
  }
}

/** Maximum number of steps that any sequence has left. */
export function stepsLeft(active: readonly Active[]): number {
  return Math.max(...active.map(({ request, submitted }) => request.options.maxNewTokens - submitted));
}

/** Length of the longest sequence, in positions. */
export function reachOf(active: readonly Active[]): number {
  return Math.max(...active.map(({ request, submitted }) => request.ids.length + submitted));
}
