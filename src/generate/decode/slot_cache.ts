import type { LoadedModel } from "../../model/weights/load.ts";
import { KeyValueCache } from "../../model/kv/kv_buffers.ts";
import { type CachePart, copySlots, readSlot, writeSlot } from "../../model/kv/cache_transfer.ts";
import { rotaryRegime } from "../../model/forward/rotary.ts";
import { headShape } from "../../model/kv/workspace.ts";
import { type Reuse, SlotMemory } from "./slot_memory.ts";

/** Rows of a prompt outside of a cache. */
export interface PromptRows {
  readonly ids: readonly number[];
  /** What decided the rotary frequencies (`rotaryRegime`). */
  readonly regime: number;
  /** Keys or values of a layer, [kv heads, ids, head dim], float32. */
  read(layer: number, part: CachePart): Promise<Float32Array<ArrayBuffer>>;
}

/** The cache of a decoder, and what is known of each slot: a prompt that begins like an earlier one starts behind it. */
export class SlotCache {
  readonly cache: KeyValueCache;
  readonly #memory: SlotMemory[];

  constructor(readonly model: LoadedModel, readonly slots: number, readonly capacity: number) {
    const { gpu, config } = model;
    const shape = { ...headShape(config), layers: config.numHiddenLayers };
    this.cache = new KeyValueCache(gpu, shape, slots, capacity, true);
    this.#memory = Array.from({ length: slots }, () => new SlotMemory(capacity));
  }

  /** Rows that a slot holds. */
  rows(slot: number): number {
    return this.#memory[slot].rows;
  }

  /**
   * The free slot in which a prompt costs the fewest rows, and how many first rows of the prompt it holds already; it
   * is the prompt's from now on. Each step runs a row for every slot up to the highest in use.
   * @param free slots that are not in use, in order
   * @param steps how many tokens are to be made
   */
  place(
    ids: readonly number[],
    free: readonly number[],
    reuse: Reuse,
    steps: number,
  ): { slot: number; from: number } {
    const regime = rotaryRegime(this.model.config, ids.length);
    const inUse = this.#memory.findLastIndex((_, slot) => !free.includes(slot)) + 1;
    let best = { slot: -1, from: 0, rows: Infinity };
    for (const slot of free) {
      const from = this.#memory[slot].shared(ids, regime, reuse);
      const rows = ids.length - from + Math.max(inUse, slot + 1) * steps;
      if (rows < best.rows) best = { slot, from, rows };
    }
    this.#memory[best.slot].begin(ids, best.from, regime);
    return best;
  }

  /** Rows of a prompt were handed to the device, the last one at this position. */
  ran(slot: number, position: number): void {
    this.#memory[slot].ran(position + 1);
  }

  /**
   * Remembers what a slot has generated.
   * @param rows how many of its rows are in the cache: the last token may not have been fed back yet
   */
  remember(slot: number, tokens: readonly number[], rows: number): void {
    // Decoding takes the frequencies of each position's own length. Where those are not the prompt's, a prompt that
    // reaches so far has others too, and shares nothing.
    this.#memory[slot].append(tokens, rows);
  }

  /** Copies what the slots of another cache of the model hold; there must be room. */
  inherit(other: SlotCache): void {
    other.#memory.forEach((memory, slot) => {
      this.#memory[slot].inherit(memory);
      copySlots(other.cache, this.cache, [[slot, slot]], memory.rows);
      this.cache.refresh(slot, memory.rows);
    });
  }

  /** The longest beginning of these ids that a slot took in as a prompt, to be read while nothing runs. */
  find(ids: readonly number[]): PromptRows {
    const lengths = this.#memory.map((memory) => memory.sharedPrompt(ids));
    const length = Math.max(...lengths);
    const slot = lengths.indexOf(length);
    return {
      ids: ids.slice(0, length),
      regime: this.#memory[slot].regime,
      read: (layer, part) => readSlot(this.cache, { slot, length, layer, part }),
    };
  }

  /** Puts rows of a prompt into a slot that is free. */
  async restore(slot: number, rows: PromptRows): Promise<void> {
    const memory = this.#memory[slot];
    memory.restore([], 0);
    for (let layer = 0; layer < this.cache.layers.length; layer++) {
      for (const part of ["keys", "values"] as const) {
        const stretch = { slot, length: rows.ids.length, layer, part };
        writeSlot(this.cache, stretch, await rows.read(layer, part));
      }
    }
    this.cache.refresh(slot, rows.ids.length);
    memory.restore(rows.ids, rows.regime);
  }

  dispose(): void {
    this.cache.dispose();
  }
}
