import { now, pause, since } from "../../base/clock.ts";
import { DataError } from "../../base/errors.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { capacityFor, newTokensWithin, positionsWithin } from "./admission.ts";
import { Active, reachOf, sequencesOf, stepsLeft } from "./sequence.ts";
import { Decoder, MOST_STEPS } from "../decode/decoder.ts";
import { Inbox } from "./inbox.ts";
import type { GenerationMethod, NumberedRequest, Source } from "./method.ts";
import { describeLogprobs } from "../numbers/logprobs.ts";
import type { PromptRows } from "../decode/slot_table.ts";
import type { Reuse } from "../decode/slot_contents.ts";
import type { GenerationEvent } from "../options/types.ts";

/**
 * Work between two readbacks, in milliseconds: long enough to hide their latency, short enough for smooth
 * streaming.
 */
const GROUP_MS = 30;

/** Steps encoded for the sequences running at that time. */
interface Group {
  readonly commands: GPUCommandBuffer;
  readonly steps: number;
  readonly sequences: number;
  readonly reach: number;
}

/**
 * Runs requests on one model, up to `batchSize` at once (continuous batching: a slot is refilled as soon as
 * its sequence ends). A request's result does not depend on the other requests.
 */
export class Engine implements GenerationMethod {
  #decoder: Decoder | undefined;
  #cancelled = new Set<number>();
  /** True if the cache holds restored rows that no request has used yet. */
  #restored = false;
  /** Number of submits and steps so far, for the benchmark. */
  submits = 0;
  steps = 0;
  encodeMs = 0;

  constructor(
    readonly model: LoadedModel,
    readonly options: {
      maxLength: number;
      batchSize: number;
      /** Initial positions of every slot; default: as many as the requests need. */
      capacity?: number;
      /**
       * Rows of earlier requests that later ones with the same prefix reuse; "prompt": without changing one
       * bit.
       */
      reuse?: Reuse;
    },
  ) {}

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
    const active: Active[] = [];
    let stepMs = 0;
    let ahead: Group | undefined;
    try {
      for (;;) {
        if (active.length === 0) await inbox.wait();
        await inbox.settle();
        signal?.throwIfAborted();
        const admitted = this.#admit(inbox, active);
        for (const { index } of admitted.empty) {
          yield { index, tokens: [], finishReason: "length", timings: none() };
        }
        if (admitted.fresh.length > 0) {
          // Steps encoded ahead do not know how the new sequences choose their tokens.
          ahead = undefined;
          yield* this.#begin(admitted.fresh, active, signal);
        }
        if (active.length === 0) {
          if (inbox.done && inbox.take() === undefined) return;
          continue;
        }
        const watched = active.some(({ readsLogits }) => readsLogits);
        const wanted = watched || stepMs === 0 ? 1 : Math.round(GROUP_MS / stepMs);
        const start = now();
        // Only the last step's logits can be read, so a request that reads them runs one step at a time.
        const useful = ahead && fits(ahead, active) && !(watched && ahead.steps > 1);
        const group = ahead && useful ? ahead : this.#encode(active, wanted);
        this.#submit(group, active);
        // Encodes the next steps while the device runs these; they may turn out not to be needed.
        ahead = stepsLeft(active) > 0 ? this.#encode(active, wanted) : undefined;
        for (const event of await this.#collect(active)) yield event;
        stepMs = since(start) / group.steps;
        await pause();
      }
    } finally {
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

  /** Assigns slots to waiting requests while slots of the required size are free. */
  #admit(inbox: Inbox<NumberedRequest>, active: Active[]) {
    const fresh: Active[] = [];
    const empty: { index: number }[] = [];
    while (inbox.waiting > 0) {
      const next = inbox.take()!;
      const { request, index } = next;
      const need = positionsWithin(this.options.maxLength, request);
      if (active.length + fresh.length === 0) this.#ready(need, inbox.waiting + 1);
      const decoder = this.#decoder!;
      const taken = new Set([...active, ...fresh].map(({ slot }) => slot));
      const free = Array.from({ length: decoder.slots }, (_, i) => i).filter((i) => !taken.has(i));
      if (free.length === 0 || need > decoder.capacity) {
        inbox.putBack(next);
        break;
      }
      if (request.options.maxNewTokens === 0) empty.push({ index });
      else {
        const { ids, options: { maxNewTokens } } = request;
        const { slot, from } = decoder.slotTable.place(ids, free, this.#reuse, maxNewTokens);
        fresh.push(new Active(index, request, slot, from));
      }
    }
    return { fresh, empty };
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
    } finally {
      kept?.dispose();
    }
  }

  /** Prefills the prompts of fresh sequences and reports their first tokens. */
  async *#begin(
    fresh: Active[],
    active: Active[],
    signal?: AbortSignal | null,
  ): AsyncGenerator<GenerationEvent> {
    const decoder = this.#decoder!;
    for (const { request: { ids, options, sequence = 0, row }, slot, blockedUntil, host } of fresh) {
      // The device need not sample if the host chooses.
      const doSample = options.doSample && !host;
      const state = { ...options, doSample, sequence, blockedUntil };
      decoder.admit({ slot, ids }, state, options.eosTokenIds, row);
    }
    // One at a time if logits are read, because the next prompt overwrites them.
    const watched = fresh.some(({ readsLogits }) => readsLogits);
    for (const group of watched ? fresh.map((one) => [one]) : [fresh]) {
      await decoder.prefill(
        group.map(({ slot, from, request }) => ({ slot, ids: request.ids, from })),
        signal ?? undefined,
      );
      for (const one of group) one.submitted = 1;
      active.push(...group);
      this.submits++;
      for (const event of await this.#collect(active, group)) yield event;
    }
  }

  /** Encodes the next steps of the running sequences. */
  #encode(active: readonly Active[], wanted: number): Group {
    const start = now();
    const steps = Math.max(1, Math.min(wanted, stepsLeft(active), MOST_STEPS));
    const [sequences, reach] = [sequencesOf(active), reachOf(active)];
    const commands = this.#decoder!.encode(steps, sequences, reach);
    this.encodeMs += since(start);
    return { commands, steps, sequences, reach };
  }

  /** Submits the steps for every running sequence. */
  #submit(group: Group, active: readonly Active[]): void {
    const decoder = this.#decoder!;
    decoder.use(group.sequences);
    decoder.submit(group.commands);
    this.steps += group.steps;
    this.submits++;
    for (const one of active) one.submitted += group.steps;
  }

  /** Reads the generated tokens, finishes sequences that ended, and drops their surplus tokens. */
  async #collect(active: Active[], only: readonly Active[] = [...active]): Promise<GenerationEvent[]> {
    const decoder = this.#decoder!;
    // The logits are those of the last step, or of the one prompt just prefilled.
    const logitsOf = ({ readsLogits, tokens, slot }: Active) =>
      readsLogits ? decoder.logits(tokens.length === 0 ? 0 : slot) : undefined;
    const [tokenAt, ...logits] = await Promise.all([decoder.tokens(), ...only.map(logitsOf)]);
    return only.map((one, i) => {
      const event = this.#advance(one, tokenAt, logits[i]);
      if (event.finishReason) active.splice(active.indexOf(one), 1);
      return event;
    });
  }

  /** Appends the new tokens of a sequence. */
  #advance(
    one: Active,
    tokenAt: (slot: number, step: number) => number,
    logits: Float32Array | undefined,
  ): GenerationEvent {
    const { slotTable } = this.#decoder!;
    const { index, slot, from, host, request: { ids, options } } = one;
    const limit = newTokensWithin(this.options.maxLength, one.request);
    const tokens: number[] = [];
    let finishReason: GenerationEvent["finishReason"];
    let error: DataError | undefined;
    try {
      for (let step = one.tokens.length; step < one.submitted && !finishReason; step++) {
        const token = host ? host.next(logits!) : tokenAt(slot, step);
        if (host) this.#decoder!.setToken(slot, token);
        tokens.push(token);
        finishReason = one.take(token, limit);
      }
    } catch (caught) {
      if (!(caught instanceof DataError) || !one.request.tellsErrors) throw caught;
      error = caught;
      finishReason = "stop";
    }
    if (this.#cancelled.delete(index)) finishReason ??= "stop";
    if (one.isLate) finishReason ??= "length";
    // The newest token has no row yet: it is fed back in the next step.
    slotTable.remember(slot, tokens, ids.length + Math.min(one.tokens.length, one.submitted - 1));
    return {
      index,
      tokens,
      ...(options.logprobs !== undefined && {
        logprobs: tokens.map((token) => describeLogprobs(logits!, token, options.logprobs!)),
      }),
      ...(error && { error }),
      ...(finishReason && { finishReason, reused: from, timings: one.timings }),
    };
  }
}

/** True if steps encoded ahead match the sequences running now. */
function fits(group: Group, active: readonly Active[]): boolean {
  return group.sequences === sequencesOf(active) && group.reach >= reachOf(active);
}

function none() {
  return { promptMs: 0, generateMs: 0 };
}
