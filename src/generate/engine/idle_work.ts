import type { Decoder } from "../decode/decoder.ts";

/** Numbers of sequences whose steps have kernels of their own, from this one on. */
const SEQUENCES = [1, 2, 3, 5];

/**
 * Work for a device that has nothing else to do. It runs steps of idle lanes once, so that the first users who come
 * together need not wait for kernels to compile. Then it runs finished answers again as prompts, so that the next turn
 * of a conversation reuses them bit by bit.
 */
export class IdleWork {
  readonly #unused: number[];

  constructor(readonly decoder: Decoder) {
    this.#unused = SEQUENCES.filter((count) => count <= decoder.slots);
  }

  /**
   * Submits a piece of work; returns its number of prompt rows, undefined if there is nothing to do. No request may be
   * running.
   * @param most rows to run at most
   */
  run(most: number): number | undefined {
    const { decoder } = this;
    const sequences = this.#unused.shift();
    if (sequences !== undefined) {
      // A free lane writes behind the rows of its slot.
      decoder.use(sequences);
      decoder.submit(decoder.encode(1, sequences, 1));
      return 0;
    }
    const again = decoder.slotTable.again();
    if (!again) return undefined;
    const { slot, ids, from } = again;
    const end = Math.min(ids.length, from + Math.min(most, decoder.mostRows));
    decoder.run([{ slot, ids, from, end, ends: false }]);
    decoder.park(slot, decoder.slotTable.rows(slot));
    return end - from;
  }
}
