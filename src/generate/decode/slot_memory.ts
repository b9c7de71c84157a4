/** Which rows may serve another prompt: none, those of prompts, or those of generated tokens too. */
export type Reuse = "none" | "prompt" | "all";

/**
 * Which ids the cache of one slot holds, from its first position on. The rows of a prompt are, bit by bit, what a
 * fresh run makes; those of generated tokens went through the attention of decoding, whose sums are ordered otherwise.
 */
export class SlotMemory {
  #ids: number[] = [];
  #rows = 0;
  #promptRows = 0;
  #regime = 0;

  /** @param capacity positions of the slot */
  constructor(readonly capacity: number) {}

  /** First rows that are in the cache. */
  get rows(): number {
    return this.#rows;
  }

  /** What decided the rotary frequencies of the rows (`rotaryRegime`). */
  get regime(): number {
    return this.#regime;
  }

  /** How many first rows serve a prompt of that regime; never all, as its last token must run. */
  shared(ids: readonly number[], regime: number, reuse: Reuse): number {
    if (reuse === "none" || regime !== this.#regime) return 0;
    const known = reuse === "all" ? this.#rows : this.#promptRows;
    // A sequence that has run into the end of its slot writes the last position again and again.
    return this.#alike(ids, Math.min(known, ids.length - 1, this.capacity - 1));
  }

  /** How many of the first ids were taken in as a prompt. */
  sharedPrompt(ids: readonly number[]): number {
    return this.#alike(ids, Math.min(this.#promptRows, ids.length, this.capacity - 1));
  }

  /** A prompt is about to be taken in; its rows before `from` are there. */
  begin(ids: readonly number[], from: number, regime: number): void {
    this.#ids = [...ids];
    this.#rows = from;
    this.#promptRows = Math.min(this.#promptRows, from);
    this.#regime = regime;
  }

  /** The rows of the prompt before this position were handed to the device. */
  ran(end: number): void {
    // Behind rows of generated tokens, those of a prompt are not quite what a fresh run makes.
    if (this.#promptRows === this.#rows) this.#promptRows = end;
    this.#rows = end;
  }

  /** Tokens were generated; so many rows are in the cache now. */
  append(tokens: readonly number[], rows: number): void {
    for (const token of tokens) this.#ids.push(token);
    this.#rows = Math.min(rows, this.#ids.length);
  }

  /** Takes over what another slot knows, whose rows are copied. */
  inherit(other: SlotMemory): void {
    this.#ids = [...other.#ids];
    this.#rows = other.#rows;
    this.#promptRows = other.#promptRows;
    this.#regime = other.#regime;
  }

  /** Rows of a prompt were put into the cache from elsewhere. */
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
