import type { LoadedModel } from "../../model/weights/load.ts";
import { KvBuffers } from "../../model/kv/kv_buffers.ts";
import { copySlots, type KvPart, readSlot, writeSlot } from "../../model/kv/kv_transfer.ts";
import { rotaryRegime } from "../../model/forward/rotary.ts";
import { kvShape } from "../../model/kv/workspace.ts";
import { bestMatch, chooseSlot, LEAST_COPIED } from "./placement.ts";
import { type PromptKey, type Reuse, SlotContents } from "./slot_contents.ts";
import { SlotCopies } from "./slot_copies.ts";

/** Keys and values of a prompt, outside the KV buffers. */
export interface PromptRows {
  readonly ids: readonly number[];
  /** The rotary regime (`rotaryRegime`) the rows were computed with. */
  readonly regime: number;
  /** The salt of the prompt; default: none. */
  readonly salt?: string;
  /** Keys or values of a layer as stored: [kv heads, ids] rows of `kvRowBytes`. */
  read(layer: number, part: KvPart): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * The KV buffers of a decoder, and the ids whose rows each slot holds, so that a prompt reuses the rows of a
 * prefix that it shares with an earlier one.
 */
export class SlotTable {
  readonly kv: KvBuffers;
  readonly #contents: SlotContents[];
  readonly #copies: SlotCopies;
  /** Number of prompts begun. */
  #time = 0;

  constructor(readonly model: LoadedModel, readonly slots: number, readonly capacity: number) {
    const { gpu, config } = model;
    this.kv = new KvBuffers(gpu, kvShape(config, model.kvDtype), slots, capacity, true);
    this.#copies = new SlotCopies(this.kv);
    this.#contents = Array.from({ length: slots }, () => new SlotContents(capacity));
  }

  /** Number of rows that a slot holds. */
  rows(slot: number): number {
    return this.#contents[slot].rows;
  }

  /** The free slot for a prompt, whose rows are the least loss. */
  choose(prompt: PromptKey, free: readonly number[], reuse: Reuse): number {
    return chooseSlot(this.#contents, free, { prompt, reuse, time: this.#time });
  }

  /** Largest number of a prompt's leading rows that it can reuse from a single slot. */
  held(prompt: PromptKey, reuse: Reuse): number {
    return bestMatch(this.#contents, prompt, reuse).rows;
  }

  /**
   * Begins a prompt in a slot, with the rows that this slot or another has of it; returns their number. Rows are copied
   * by the device, behind all work submitted so far.
   */
  begin(slot: number, prompt: PromptKey, reuse: Reuse): number {
    const own = this.#contents[slot];
    const kept = own.shared(prompt, reuse);
    const best = bestMatch(this.#contents, prompt, reuse);
    own.begin(prompt, kept);
    own.usedAt = ++this.#time;
    if (best.rows - kept < LEAST_COPIED) return kept;
    this.#copies.copy({ pairs: [[best.slot, slot]], first: kept, end: best.rows });
    own.received(best.rows, this.#contents[best.slot]);
    this.#contents[best.slot].usedAt = this.#time;
    return best.rows;
  }

  /** Records that rows [from, end) were submitted to the device as those of a prompt. */
  ran(slot: number, from: number, end: number): void {
    this.#contents[slot].ran(from, end);
  }

  /** The rows that are lost when a prompt begins in a slot: a prompt's, and held nowhere else. */
  lost(slot: number, prompt: PromptKey): PromptRows | undefined {
    const own = this.#contents[slot];
    const others = this.#contents.map((other) => other === own ? 0 : own.common(other, "prompt"));
    const length = own.reusable("prompt");
    if (length <= Math.max(own.shared(prompt, "prompt"), ...others)) return undefined;
    return { ...this.#rowsOf(slot, length), salt: own.salt };
  }

  /**
   * Generated rows to run again as a prompt's, so that a conversation goes on from them; those of the slot used last.
   * Undefined if there are none. No request may be running.
   */
  again(): { slot: number; ids: readonly number[]; from: number } | undefined {
    const { config } = this.model;
    const [slot] = [...this.#contents.keys()].filter((slot) => {
      const { ids, rows, promptRows, regime } = this.#contents[slot];
      return promptRows > 0 && promptRows < Math.min(rows, this.capacity - 1) &&
        rotaryRegime(config, ids.length) === regime;
    }).toSorted((a, b) => this.#contents[b].usedAt - this.#contents[a].usedAt);
    if (slot === undefined) return undefined;
    const { ids, promptRows } = this.#contents[slot];
    return { slot, ids: ids.slice(0, this.capacity - 1), from: promptRows };
  }

  /**
   * Records the tokens generated in a slot.
   * @param rows number of its rows in the KV buffers: the last token may not have been fed back yet
   */
  remember(slot: number, tokens: readonly number[], rows: number): void {
    // Decoding uses the rotary frequencies of each position's own length. If those differ from the prompt's,
    // a prompt that reaches this length has different ones too, and shares nothing.
    this.#contents[slot].append(tokens, rows);
    this.#contents[slot].usedAt = this.#time;
  }

  /** Copies the contents of another table of the model; there must be room. */
  inherit(other: SlotTable): void {
    this.#time = other.#time;
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
    return this.#rowsOf(lengths.indexOf(length), length);
  }

  /** Writes prompt rows into a free slot. */
  async restore(slot: number, rows: PromptRows): Promise<void> {
    const contents = this.#contents[slot];
    const key = { ids: rows.ids, regime: rows.regime, salt: rows.salt ?? "" };
    contents.restore({ ...key, ids: [] });
    for (let layer = 0; layer < this.kv.layers.length; layer++) {
      for (const part of ["keys", "values"] as const) {
        const stretch = { slot, length: rows.ids.length, layer, part };
        writeSlot(this.kv, stretch, await rows.read(layer, part));
      }
    }
    this.kv.refresh(slot, rows.ids.length);
    contents.restore(key);
    contents.usedAt = this.#time;
  }

  #rowsOf(slot: number, length: number): PromptRows {
    const { ids, regime } = this.#contents[slot];
    return {
      ids: ids.slice(0, length),
      regime,
      read: (layer, part) => readSlot(this.kv, { slot, length, layer, part }),
    };
  }

  dispose(): void {
    this.#copies.dispose();
    this.kv.dispose();
  }
}
