import { clock } from "../../base/clock.ts";
import { checkTokens } from "../../model/forward/forward.ts";
import { DataError } from "../../base/errors.ts";
import type { GenerationEvent, GenerationRequest } from "../options/types.ts";
import { newTokensWithin } from "./admission.ts";
import { emptyEvent } from "./advance.ts";
import type { Engine } from "./engine.ts";
import type { SlotState } from "./slot_states.ts";
import type { NumberedRequest } from "./method.ts";
import { QueueFullError, ShuttingDownError, TimeLimitError } from "./refusals.ts";
import { Submission } from "./submission.ts";

/** Limits of one submission. */
export interface SubmitOptions {
  /** Ends it when its client has gone. */
  readonly signal?: AbortSignal;
  /** Milliseconds until it fails with a {@linkcode TimeLimitError}, time in the queue included. */
  readonly timeoutMs?: number;
}

/** State of the scheduler and of each slot; totals since the start. */
export interface SchedulerStats {
  readonly slots: readonly SlotState[];
  readonly waiting: number;
  readonly running: number;
  /** Number of requests that may wait. */
  readonly queue: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  /** Host memory for rows of prompts that lost their slot. */
  readonly cacheRam: { readonly bytes: number; readonly limit: number; readonly entries: number };
}

/** A request that has not ended. */
interface Entry {
  readonly submission: Submission;
  /** Its index in the submission. */
  readonly index: number;
  readonly promptTokens: number;
  started: boolean;
}

/** Runs the requests of many users on one engine: a bounded queue, time limits, an orderly end. */
export class Scheduler {
  readonly #entries = new Map<number, Entry>();
  /** Requests that the engine has not asked for. */
  readonly #queue: NumberedRequest[] = [];
  readonly #loop: Promise<void>;
  readonly #totals = { promptTokens: 0, cachedTokens: 0, generatedTokens: 0 };
  readonly #broken = Promise.withResolvers<Error>();
  #state: "ok" | "draining" | "failed" = "ok";
  #closed = false;
  #count = 0;
  /** Wakes the engine's source. */
  #more = () => {};
  /** Resolves when the last request has ended, once no more are accepted. */
  readonly #drained = Promise.withResolvers<void>();

  /** @param options `queue`: number of requests that may wait for a slot */
  constructor(readonly engine: Engine, readonly options: { readonly queue: number }) {
    this.#loop = this.#run();
    engine.model.gpu.lost.then((error) => this.#break(error));
  }

  /** "failed" once the device is lost or the engine broke. */
  get state(): "ok" | "draining" | "failed" {
    return this.#state;
  }

  /** Resolves with the error that ended all work; never if there is none. */
  get failed(): Promise<Error> {
    return this.#broken.promise;
  }

  /**
   * Queues requests; all of them, or none.
   * @throws ContextLengthError, DataError, QueueFullError, ShuttingDownError before any of them has a slot
   */
  submit(requests: readonly GenerationRequest[], { signal, timeoutMs }: SubmitOptions = {}): Submission {
    if (this.#state !== "ok") throw new ShuttingDownError();
    signal?.throwIfAborted();
    for (const request of requests) this.#check(request);
    const { batchSize } = this.engine.options;
    if (this.#entries.size + requests.length > batchSize + this.options.queue) {
      throw new QueueFullError(Math.max(0, this.#entries.size - batchSize));
    }
    const first = this.#count;
    this.#count += requests.length;
    const submission = new Submission(requests.length, (index) => this.#cancel(first + index));
    requests.forEach((request, index) => this.#enqueue(request, first + index, { submission, index }));
    this.#limit(submission, signal, timeoutMs);
    this.#more();
    return submission;
  }

  /** The current state, for monitoring. */
  stats(): SchedulerStats {
    const running = [...this.#entries.values()].filter(({ started }) => started).length;
    const { hostRows } = this.engine;
    return {
      slots: this.engine.slots(),
      waiting: this.#entries.size - running,
      running,
      queue: this.options.queue,
      ...this.#totals,
      cacheRam: { bytes: hostRows?.bytes ?? 0, limit: hostRows?.limit ?? 0, entries: hostRows?.entries ?? 0 },
    };
  }

  /**
   * Accepts no more requests; resolves when those accepted have ended. After `graceMs` the rest fails with a
   * {@linkcode ShuttingDownError}.
   */
  async drain(graceMs: number): Promise<void> {
    if (this.#state === "ok") this.#state = "draining";
    const stop = clock.after(graceMs, () => this.#failAll(new ShuttingDownError()));
    this.#checkDrained();
    await this.#drained.promise;
    stop();
    this.#closed = true;
    this.#more();
    await this.#loop;
  }

  /** Ends all work; the engine is free then. */
  async dispose(): Promise<void> {
    await this.drain(0);
  }

  #check(request: GenerationRequest): void {
    const { options, ids } = request;
    if ((options.numBeams ?? 1) > 1) throw new DataError("num_beams: beam search is not served");
    if (options.promptLookupNumTokens) {
      throw new DataError("prompt_lookup_num_tokens: prompt lookup is not served");
    }
    newTokensWithin(this.engine.options.maxLength, request);
    checkTokens(ids, this.engine.model.config.vocabSize);
  }

  #enqueue(request: GenerationRequest, number: number, place: Pick<Entry, "submission" | "index">): void {
    const entry: Entry = { ...place, promptTokens: request.ids.length, started: false };
    const onStart = () => {
      entry.started = true;
      this.#totals.promptTokens += entry.promptTokens;
      request.onStart?.();
    };
    this.#entries.set(number, entry);
    this.#queue.push({ index: number, request: { ...request, tellsErrors: true, onStart } });
  }

  /** Ends a submission when its client has gone, or its time is over. */
  #limit(submission: Submission, signal?: AbortSignal, timeoutMs?: number): void {
    const onAbort = () => submission.fail(signal!.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const stop = timeoutMs === undefined
      ? () => {}
      : clock.after(timeoutMs, () => submission.fail(new TimeLimitError(timeoutMs)));
    submission.onEnd = () => {
      stop();
      signal?.removeEventListener("abort", onAbort);
    };
  }

  #cancel(number: number): void {
    const place = this.#queue.findIndex(({ index }) => index === number);
    if (place < 0) return this.engine.cancel(number);
    this.#queue.splice(place, 1);
    this.#deliver(emptyEvent(number, "stop"));
  }

  #failAll(error: unknown): void {
    for (const { submission } of this.#entries.values()) submission.fail(error);
  }

  async #run(): Promise<void> {
    try {
      for await (const event of this.engine.generate(this.#source())) this.#deliver(event);
    } catch (error) {
      this.#break(error);
    }
  }

  /** Ends all work with an error. */
  #break(error: unknown): void {
    if (this.#state === "failed" || this.#closed) return;
    this.#state = "failed";
    this.#queue.length = 0;
    this.#failAll(error);
    this.#entries.clear();
    this.#checkDrained();
    this.#broken.resolve(error instanceof Error ? error : new Error(String(error)));
    this.#closed = true;
    this.#more();
  }

  async *#source(): AsyncGenerator<NumberedRequest> {
    for (;;) {
      const next = this.#queue.shift();
      if (next) yield next;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => this.#more = resolve);
    }
  }

  #deliver(event: GenerationEvent): void {
    const entry = this.#entries.get(event.index);
    if (!entry) return;
    this.#totals.generatedTokens += event.tokens.length;
    this.#totals.cachedTokens += event.reused ?? 0;
    if (event.finishReason) this.#entries.delete(event.index);
    entry.submission.add({ ...event, index: entry.index });
    this.#checkDrained();
  }

  #checkDrained(): void {
    if (this.#entries.size === 0 && this.#state !== "ok") this.#drained.resolve();
  }
}
