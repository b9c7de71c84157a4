import { pause } from "../../base/clock.ts";
import { DataError, EnvironmentError } from "../../base/errors.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import type { Active } from "./active.ts";
import { advance, emptyEvent, lastEvent } from "./advance.ts";
import { Admission, capacityFor, newTokensWithin, positionsWithin } from "./admission.ts";
import { Decoder } from "../decode/decoder.ts";
import { DecodePhase, type WorkCounts } from "./decode_phase.ts";
import { Inbox } from "./inbox.ts";
import { Pace } from "./pace.ts";
import { type SlotState, slotStates } from "./slot_states.ts";
import { PromptPhase } from "./prompt_phase.ts";
import type { GenerationMethod, NumberedRequest, Source } from "./method.ts";
import { HostRows } from "../decode/host_rows.ts";
import { kvShape } from "../../model/kv/workspace.ts";
import { IdleWork } from "./idle_work.ts";
import type { PromptRows } from "../decode/slot_table.ts";
import type { Reuse } from "../decode/slot_contents.ts";
import type { GenerationEvent } from "../options/types.ts";

/**
 * Runs requests on one model, up to `batchSize` at once (continuous batching: a slot is refilled as soon as
 * its sequence ends). A request's result does not depend on the other requests.
 */
export class Engine implements GenerationMethod {
  #decoder: Decoder | undefined;
  #prompts: PromptPhase | undefined;
  #steps: DecodePhase | undefined;
  #idleWork: IdleWork | undefined;
  readonly #pace = new Pace();
  #active: readonly Active[] = [];
  readonly #cancelled = new Set<number>();
  readonly #admission: Admission;
  /** True if the cache holds restored rows that no request has used yet. */
  #restored = false;
  /** Rows of prompts that lost their slot, if there is memory for them. */
  readonly hostRows: HostRows | undefined;
  readonly counts: WorkCounts = { submits: 0, steps: 0, encodeMs: 0 };

  constructor(
    readonly model: LoadedModel,
    readonly options: {
      maxLength: number;
      batchSize: number;
      /** Initial positions of every slot; default: as many as the requests need. */
      capacity?: number;
      /** Rows of earlier requests that later ones reuse; "prompt": without changing one bit. */
      reuse?: Reuse;
      /** Set while many users are served: others may arrive at any time. */
      serving?: { readonly cacheRam?: number };
    },
  ) {
    this.#admission = new Admission(options.maxLength);
    const { cacheRam = 0 } = options.serving ?? {};
    const shape = kvShape(model.config, model.kvDtype);
    this.hostRows = cacheRam > 0 ? new HostRows(shape, cacheRam) : undefined;
  }

  /** Cancels a request; its final event is still emitted. */
  cancel(index: number): void {
    this.#cancelled.add(index);
  }

  /** Continues prompts; events of different requests interleave, those of one are in order. */
  async *generate(
    source: Source<NumberedRequest>,
    signal?: AbortSignal | null,
  ): AsyncGenerator<GenerationEvent> {
    const inbox = new Inbox(source, this.options.batchSize);
    const active: Active[] = this.#active = [];
    try {
      for (;;) {
        if (active.length === 0 && this.options.serving) await this.#workIdle(inbox);
        if (active.length === 0) await inbox.wait();
        await inbox.settle();
        signal?.throwIfAborted();
        yield* this.#drop(inbox, active);
        yield* this.#admit(inbox, active);
        if (active.length === 0) {
          if (inbox.done && inbox.take() === undefined) return;
          continue;
        }
        const most = this.options.serving && this.#pace.rows;
        const { rows, ended } = await this.#prompts!.run(active, most);
        const isLong = rows > 0 && this.#pace.ran(rows);
        if (ended.length > 0) {
          this.#steps!.forget();
          for (const one of ended) one.submitted = 1;
          this.counts.submits++;
          yield* this.#emit(await this.#collect(active, ended));
          yield* this.#drop(inbox, active);
        }
        const decoding = active.filter(({ isPrompt }) => !isPrompt);
        // If no user waits, all prompts come first: a step costs less a token in a fuller batch.
        if (decoding.length > 0 && (this.options.serving || decoding.length === active.length)) {
          this.#steps!.run(decoding);
          yield* this.#emit(await this.#collect(active, decoding));
        } else if (isLong && ended.length === 0) {
          await this.#settle();
        }
        await pause();
      }
    } finally {
      for (const one of active) this.#decoder?.release(one.slot);
      this.#steps?.forget();
      this.#pace.forget();
      this.#cancelled.clear();
      inbox.close();
    }
  }

  dispose(): void {
    this.#decoder?.dispose();
    this.#decoder = undefined;
  }

  /** The current decoder, for measurements. */
  get decoder(): Decoder | undefined {
    return this.#decoder;
  }

  /**
   * Writes prompt rows into the cache for requests that begin with them; no request may be running.
   * @param positions length that the first request will reach
   */
  async restore(rows: PromptRows, positions: number): Promise<void> {
    this.#ready(Math.max(positions, rows.ids.length + 1), 1);
    await this.#decoder!.restore(rows);
    this.#restored = true;
  }

  /** The rows of the longest prefix of these ids that the cache prefilled as a prompt; undefined if none. */
  find(ids: readonly number[]): PromptRows | undefined {
    const rows = this.#decoder?.slotTable.find(ids);
    return rows?.ids.length ? rows : undefined;
  }

  /** Allocates all memory for `maxLength` positions of every slot. @throws EnvironmentError */
  async reserve(): Promise<void> {
    const { batchSize, maxLength } = this.options;
    try {
      this.#ready(maxLength, batchSize);
      await this.model.gpu.check();
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      throw new EnvironmentError(
        `${error.message}; expected memory for ${batchSize} × ${maxLength} positions: use fewer slots (--parallel), ` +
          "a smaller --max-length, or --kv-cache int8",
      );
    }
  }

  /** State of each slot. */
  slots(): SlotState[] {
    return this.#decoder ? slotStates(this.#decoder, this.#active) : [];
  }

  /** Ends cancelled requests, those that wait too. */
  *#drop(inbox: Inbox<NumberedRequest>, active: Active[]): Generator<GenerationEvent> {
    if (this.#cancelled.size === 0) return;
    for (const one of active.filter(({ index }) => this.#cancelled.delete(index))) {
      this.#end(active, one);
      yield { ...lastEvent(one), tokens: [], finishReason: "stop" };
    }
    for (;;) {
      const one = inbox.takeFirst(({ index }) => this.#cancelled.delete(index));
      if (!one) return;
      yield emptyEvent(one.index, "stop");
    }
  }

  /** Assigns slots to waiting requests while slots of the required size are free. */
  *#admit(inbox: Inbox<NumberedRequest>, active: Active[]): Generator<GenerationEvent> {
    while (inbox.front) {
      if (active.length === 0) {
        this.#ready(positionsWithin(this.options.maxLength, inbox.front.request), inbox.waiting);
      }
      const free = this.#free(active);
      const next = free.length > 0 ? this.#admission.next(inbox, this.#decoder!.capacity) : undefined;
      if (!next) return;
      const { request, index } = next;
      request.onStart?.();
      if (request.options.maxNewTokens === 0) {
        yield emptyEvent(index, "length");
        continue;
      }
      try {
        active.push(this.#prompts!.admit(index, request, free, active));
      } catch (error) {
        if (!(error instanceof DataError) || !request.tellsErrors) throw error;
        yield { ...emptyEvent(index, "stop"), error };
      }
    }
  }

  #free(active: readonly Active[]): number[] {
    const taken = new Set(active.map(({ slot }) => slot));
    return Array.from({ length: this.#decoder!.slots }, (_, i) => i).filter((slot) => !taken.has(slot));
  }

  /** Pauses before the wait for the device, which blocks the thread, so that a server can answer others. */
  async #rest(): Promise<void> {
    if (this.options.serving) await pause(this.#pace.restMs);
  }

  /** Waits for submitted work. */
  async #settle(): Promise<void> {
    await this.#rest();
    await this.#decoder!.settle();
    this.#pace.settled();
  }

  /** Works until a request arrives, or nothing is left to do. */
  async #workIdle(inbox: Inbox<NumberedRequest>): Promise<void> {
    for (;;) {
      await inbox.settle();
      if (inbox.waiting > 0 || inbox.done) return;
      const rows = this.#idleWork?.run(this.#pace.rows);
      if (rows === undefined) return;
      if (rows > 0) this.#pace.ran(rows);
      await this.#settle();
    }
  }

  /** Passes events on; what is cancelled after its end is forgotten. */
  *#emit(events: readonly GenerationEvent[]): Generator<GenerationEvent> {
    for (const event of events) {
      yield event;
      if (event.finishReason) this.#cancelled.delete(event.index);
    }
  }

  /** Ends a sequence; its rows remain. */
  #end(active: Active[], one: Active): void {
    active.splice(active.indexOf(one), 1);
    one.ended = true;
    this.#decoder!.release(one.slot);
  }

  get #reuse(): Reuse {
    return this.options.reuse ?? "prompt";
  }

  /** Ensures that a large enough decoder exists; called only while no request is running. */
  #ready(positions: number, waiting: number): void {
    const { batchSize, maxLength, capacity = 0 } = this.options;
    const slots = Math.min(batchSize, waiting);
    const old = this.#decoder;
    if (old && old.capacity >= positions && old.slots >= slots) return;
    const most = Math.max(positions, capacity, old?.capacity ?? 0);
    const size = [Math.max(slots, old?.slots ?? 0), capacityFor(most, maxLength)] as const;
    // Holding both at once needs more memory; it is worth it for a conversation.
    const kept = this.#reuse === "all" || this.#restored ? old : undefined;
    this.#restored = false;
    if (!kept) old?.dispose();
    this.#decoder = undefined;
    try {
      this.#decoder = new Decoder(this.model, ...size, kept);
      this.#prompts = new PromptPhase(this.#decoder, this.#reuse, this.hostRows);
      this.#idleWork = new IdleWork(this.#decoder);
      this.#steps = new DecodePhase(this.#decoder, this.#pace, this.counts);
    } finally {
      kept?.dispose();
    }
  }

  /** Reads the generated tokens, finishes sequences that ended, and drops their surplus tokens. */
  async #collect(active: Active[], only: readonly Active[]): Promise<GenerationEvent[]> {
    const decoder = this.#decoder!;
    // The logits are those of the last step by lane, or of the prompts that just ended, in order.
    const logits = only.map(({ readsLogits, tokens, slot }, i) =>
      readsLogits ? decoder.logits(tokens.length === 0 ? i : decoder.laneOf(slot)) : undefined
    );
    await this.#rest();
    const [tokenAt, ...values] = await Promise.all([decoder.tokens(), ...logits]);
    this.#pace.settled();
    return only.map((one, i) => {
      const { slot, submitted, request } = one;
      const event = advance(one, newTokensWithin(this.options.maxLength, request), {
        tokenAt: (step) => tokenAt(slot, step),
        logits: values[i],
        setToken: (token) => decoder.setToken(slot, token),
      });
      // The newest token has no row yet: it is fed back in the next step.
      const rows = request.ids.length + Math.min(one.tokens.length, one.submitted - 1);
      decoder.slotTable.remember(slot, event.tokens, rows);
      if (event.finishReason) this.#end(active, one);
      else if (one.submitted < submitted) this.#rewind(one);
      return event;
    });
  }

  /** Takes a sequence back to its last token on the device. */
  #rewind({ slot, tokens, request: { ids, row } }: Active): void {
    const position = ids.length + tokens.length - 1;
    this.#decoder!.rewind(slot, tokens.at(-1)!, position, tokens.length, [...row ?? ids, ...tokens]);
  }
}
