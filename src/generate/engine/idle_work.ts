import type { Decoder } from "../decode/decoder.ts";

/**
 * Work for a device that has nothing else to do: it runs finished answers again as prompts, so that the next turn of a
 * conversation reuses them bit by bit.
 */
export class IdleWork {
  constructor(readonly decoder: Decoder) {}

  /**
   * Submits a piece of work; returns its number of rows: 0 if there is none. No request may be running.
   * @param most rows to run at most
   */
  run(most: number): number {
    const { decoder } = this;
    const { slotTable } = decoder;
    const again = slotTable.again();
    if (!again) return 0;
    const { slot, ids, from } = again;
    const end = Math.min(ids.length, from + Math.min(most, decoder.rowsWithin(ids.length)));
    decoder.run([{ slot, ids, from, end, ends: false }]);
    decoder.park(slot, slotTable.rows(slot));
    return end - from;
  }
}
