/** Rows that other prompts may reuse: none, those of prompts, or those of generated tokens too. */
export type Reuse = "none" | "prompt" | "all";

/**
 * The ids whose rows one slot of the KV buffers holds, from its first position. Prompt rows are bit-identical to a
 * fresh run; rows of generated tokens went through decoding attention, which sums in a different order.
 */
export class SlotContents {
  #ids: number[] = [];
  #rows = 0;
  #promptRows = 0;
  #regime = 0;

  /** @param capacity number of positions of the slot */
  constructor(readonly capacity: number) {}

  /** Number of leading rows in the KV buffers. */
  get rows(): number {
    return this.#rows;
  }

  /** The rotary regime of the rows (`rotaryRegime`). */
  get regime(): number {
    return this.#regime;
  }

  /** Number of leading rows that a prompt of that regime can reuse; never all, as its last token must run. */
  shared(ids: readonly number[], regime: number, reuse: Reuse): number {
    if (reuse === "none" || regime !== this.#regime) return 0;
    const known = reuse === "all" ? this.#rows : this.#promptRows;
    // A sequence that reached the end of its slot keeps overwriting the last position.
    return this.#alike(ids, Math.min(known, ids.length - 1, this.capacity - 1));
  }

  /** Number of leading ids that were prefilled as a prompt. */
  sharedPrompt(ids: readonly number[]): number {
    return this.#alike(ids, Math.min(this.#promptRows, ids.length, this.capacity - 1));
  }

  /** Starts a prompt whose rows before `from` are already cached. */
  begin(ids: readonly number[], from: number, regime: number): void {
    this.#ids = [...ids];
    this.#rows = from;
    this.#promptRows = Math.min(this.#promptRows, from);
    this.#regime = regime;
  }

  /** Records that the prompt's rows before `end` were submitted to the device. */
  ran(end: number): void {
    // After rows of generated tokens, prompt rows are not bit-identical to a fresh run.
    if (this.#promptRows === this.#rows) this.#promptRows = end;
    this.#rows = end;
  }

  /** Appends generated tokens; `rows` is the number of rows now in the KV buffers. */
  append(tokens: readonly number[], rows: number): void {
    for (const token of tokens) this.#ids.push(token);
    this.#rows = Math.min(rows, this.#ids.length);
  }

  /** Copies the record of another slot, whose rows are copied too. */
  inherit(other: SlotContents): void {
    this.#ids = [...other.#ids];
    this.#rows = other.#rows;
    this.#promptRows = other.#promptRows;
    this.#regime = other.#regime;
  }

  /** Records that prompt rows were written into the KV buffers from elsewhere. */
  restore(ids: readonly number[], regime: number): void {
    this.begin(ids, 0, regime);
    this.ran(ids.length);
  }

  #alike(ids: readonly number[], most: number): number {
    let count = 0;
    while (count < most && ids[count] === this.#ids[count]) count++;
    return count;
  }
}
