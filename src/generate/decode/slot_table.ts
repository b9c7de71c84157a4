import type { LoadedModel } from "../../model/weights/load.ts";
import { KvBuffers } from "../../model/kv/kv_buffers.ts";
import { copySlots, type KvPart, readSlot, writeSlot } from "../../model/kv/kv_transfer.ts";
import { rotaryRegime } from "../../model/forward/rotary.ts";
import { headShape } from "../../model/kv/workspace.ts";
import { type Reuse, SlotContents } from "./slot_contents.ts";

/** Keys and values of a prompt, outside the KV buffers. */
export interface PromptRows {
  readonly ids: readonly number[];
  /** The rotary regime (`rotaryRegime`) the rows were computed with. */
  readonly regime: number;
  /** Keys or values of a layer, [kv heads, ids, head dim], float32. */
  read(layer: number, part: KvPart): Promise<Float32Array<ArrayBuffer>>;
}

/**
 * The KV buffers of a decoder, and the ids whose rows each slot holds: a prompt that shares a prefix with an
 * earlier one skips it.
 */
export class SlotTable {
  readonly kv: KvBuffers;
  readonly #contents: SlotContents[];

  constructor(readonly model: LoadedModel, readonly slots: number, readonly capacity: number) {
    const { gpu, config } = model;
    const shape = { ...headShape(config), layers: config.numHiddenLayers };
    this.kv = new KvBuffers(gpu, shape, slots, capacity, true);
    this.#contents = Array.from({ length: slots }, () => new SlotContents(capacity));
  }

  /** Number of rows that a slot holds. */
  rows(slot: number): number {
    return this.#contents[slot].rows;
  }

  /**
   * Assigns the free slot in which a prompt costs the fewest rows; returns it and the length of the prefix it
   * already holds. Each step runs a row for every slot up to the highest in use.
   * @param free slots not in use, in order
   * @param steps number of tokens to generate
   */
  place(
    ids: readonly number[],
    free: readonly number[],
    reuse: Reuse,
    steps: number,
  ): { slot: number; from: number } {
    const regime = rotaryRegime(this.model.config, ids.length);
    const inUse = this.#contents.findLastIndex((_, slot) => !free.includes(slot)) + 1;
    let best = { slot: -1, from: 0, rows: Infinity };
    for (const slot of free) {
      const from = this.#contents[slot].shared(ids, regime, reuse);
      const rows = ids.length - from + Math.max(inUse, slot + 1) * steps;
      if (rows < best.rows) best = { slot, from, rows };
    }
    this.#contents[best.slot].begin(ids, best.from, regime);
    return best;
  }

  /** Records that a prompt's rows were submitted to the device; `position` is the last one's. */
  ran(slot: number, position: number): void {
    this.#contents[slot].ran(position + 1);
  }

  /**
   * Records the tokens generated in a slot.
   * @param rows number of its rows in the KV buffers: the last token may not have been fed back yet
   */
  remember(slot: number, tokens: readonly number[], rows: number): void {
    // Decoding uses the rotary frequencies of each position's own length. If those differ from the prompt's,
    // a prompt that reaches this length has different ones too, and shares nothing.
    this.#contents[slot].append(tokens, rows);
  }

  /** Copies the contents of another table of the model; there must be room. */
  inherit(other: SlotTable): void {
    other.#contents.forEach((contents, slot) => {
      this.#contents[slot].inherit(contents);
      copySlots(other.kv, this.kv, [[slot, slot]], contents.rows);
      this.kv.refresh(slot, contents.rows);
    });
  }

  /**
   * The longest prefix of these ids that a slot prefilled as a prompt; read it only while no request is
   * running.
   */
  find(ids: readonly number[]): PromptRows {
    const lengths = this.#contents.map((contents) => contents.sharedPrompt(ids));
    const length = Math.max(...lengths);
    const slot = lengths.indexOf(length);
    return {
      ids: ids.slice(0, length),
      regime: this.#contents[slot].regime,
      read: (layer, part) => readSlot(this.kv, { slot, length, layer, part }),
    };
  }

  /** Writes prompt rows into a free slot. */
  async restore(slot: number, rows: PromptRows): Promise<void> {
    const contents = this.#contents[slot];
    contents.restore([], 0);
    for (let layer = 0; layer < this.kv.layers.length; layer++) {
      for (const part of ["keys", "values"] as const) {
        const stretch = { slot, length: rows.ids.length, layer, part };
        writeSlot(this.kv, stretch, await rows.read(layer, part));
      }
    }
    this.kv.refresh(slot, rows.ids.length);
    contents.restore(rows.ids, rows.regime);
  }

  dispose(): void {
    this.kv.dispose();
  }
}
