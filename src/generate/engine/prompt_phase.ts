import { rotaryRegime } from "../../model/forward/rotary.ts";
import type { Decoder } from "../decode/decoder.ts";
import type { HostRows } from "../decode/host_rows.ts";
import { LEAST_COPIED } from "../decode/placement.ts";
import { alike, type PromptKey, type Reuse } from "../decode/slot_contents.ts";
import type { GenerationRequest } from "../options/types.ts";
import { Active } from "./active.ts";
import { fillChunk, shareChunk } from "./prompt_turns.ts";

/** A chunk of prompt rows that was submitted. */
export interface Chunk {
  readonly rows: number;
  /** Sequences whose prompts ended with it, in the order of their logits. */
  readonly ended: readonly Active[];
}

/** Works off the prompts of sequences, a chunk at a time. */
export class PromptPhase {
  #turn = 0;

  /** @param host memory for rows of prompts that lose their slot */
  constructor(readonly decoder: Decoder, readonly reuse: Reuse, readonly host?: HostRows) {}

  /** Gives a request one of the free slots. The slot keeps its rows until the prompt's first chunk. */
  admit(
    index: number,
    request: GenerationRequest,
    free: readonly number[],
    active: readonly Active[],
  ): Active {
    const { slotTable, model: { config } } = this.decoder;
    const { ids, cacheSalt: salt = "" } = request;
    const key = { ids, regime: rotaryRegime(config, ids.length), salt };
    const slot = slotTable.choose(key, free, this.reuse);
    const one = new Active(index, request, slot, key);
    one.twin = this.#twinOf(key, active);
    this.decoder.take(slot);
    return one;
  }

  /**
   * Submits the next chunk of the prompts of these sequences.
   * @param most rows to run at most, of short prompts first; default: as many as possible, in order
   */
  async run(active: readonly Active[], most?: number): Promise<Chunk> {
    const { decoder } = this;
    const ready = active.filter(({ isPrompt, waits }) => isPrompt && !waits);
    if (ready.length === 0) return { rows: 0, ended: [] };
    for (const one of ready) if (one.from === undefined) await this.#begin(one);
    const left = ready.map(({ request: { ids }, done, key: { regime } }) => ({
      rows: ids.length - done,
      regime,
    }));
    const room = decoder.mostRows;
    const shares = most === undefined
      ? fillChunk(left, room)
      : shareChunk(left, Math.min(room, most), this.#turn++);
    const chosen = ready.map((one, i) => ({ one, end: one.done + shares[i] })).filter((_, i) =>
      shares[i] > 0
    );
    const ended = chosen.filter(({ one, end }) => end === one.request.ids.length).map(({ one }) => one);
    for (const one of ended) this.#finish(one);
    decoder.run(chosen.map(({ one: { request: { ids }, slot, done: from }, end }) => {
      return { slot, ids, from, end, ends: end === ids.length };
    }));
    for (const { one, end } of chosen) one.done = end;
    return { rows: shares.reduce((a, b) => a + b), ended };
  }

  /** The earlier prompt that will have most rows of this one, if it is worth waiting for. */
  #twinOf(key: PromptKey, active: readonly Active[]): Active["twin"] {
    if (this.reuse === "none") return undefined;
    let best: Active["twin"];
    for (const one of active) {
      if (!one.isPrompt || one.key.regime !== key.regime || one.key.salt !== key.salt) continue;
      const rows = alike(key.ids, one.key.ids, Math.min(key.ids.length - 1, one.key.ids.length));
      if (rows > (best?.rows ?? 0)) best = { one, rows };
    }
    return best && best.rows - this.decoder.slotTable.held(key, this.reuse) >= LEAST_COPIED
      ? best
      : undefined;
  }

  /** Reuses the rows that are there, and keeps the steps of other sequences from those to come. */
  async #begin(one: Active): Promise<void> {
    const { slot, key } = one;
    one.twin = undefined;
    if (this.host) await this.#exchange(this.host, slot, key);
    one.from = one.done = this.decoder.slotTable.begin(slot, key, this.reuse);
    this.decoder.park(slot, key.ids.length - 1);
  }

  /** Stores the rows that a slot loses, and writes those that only the host has of the new prompt. */
  async #exchange(host: HostRows, slot: number, key: PromptKey): Promise<void> {
    const { slotTable } = this.decoder;
    host.touch(key);
    const lost = slotTable.lost(slot, key);
    if (lost && lost.ids.length >= LEAST_COPIED) await host.keep(lost);
    if (host.held(key) - slotTable.held(key, this.reuse) >= LEAST_COPIED) {
      await slotTable.restore(slot, host.take(key));
    }
  }

  /** Prepares the choice of tokens: steps of other sequences may have run this one's state. */
  #finish({ slot, request, blockedUntil, host, held, mayEnd }: Active): void {
    const { ids, options, sequence = 0, row } = request;
    // The device need not sample if the host chooses.
    const state = {
      ...options,
      doSample: options.doSample && !host,
      sequence,
      blockedUntil: held ? Infinity : blockedUntil,
    };
    this.decoder.admit({ slot, ids }, state, options.eosTokenIds, row);
    const blocked = held?.blocked(mayEnd);
    if (blocked) this.decoder.block(slot, blocked);
  }
}
