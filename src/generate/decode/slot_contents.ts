/** Rows that other prompts may reuse: none, those of prompts, or those of generated tokens too. */
export type Reuse = "none" | "prompt" | "all";

/** A prompt, as far as it decides which rows it may reuse. */
export interface PromptKey {
  readonly ids: readonly number[];
  /** The rotary regime of its length (`rotaryRegime`). */
  readonly regime: number;
  /** Only prompts of the same salt share rows. */
  readonly salt: string;
}

/**
 * The ids whose rows one slot of the KV buffers holds, from its first position. Prompt rows are bit-identical to a
 * fresh run; rows of generated tokens went through decoding attention, which sums in a different order.
 */
export class SlotContents {
  #ids: number[] = [];
  #rows = 0;
  #promptRows = 0;
  #regime = 0;
  #salt = "";
  /** Time of the last use, in prompts begun by all slots together; 0: never used. */
  usedAt = 0;

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

  /** All ids, those of generated tokens too; the last may have no row. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** Number of leading rows that were computed as those of a prompt. */
  get promptRows(): number {
    return this.#promptRows;
  }

  get salt(): string {
    return this.#salt;
  }

  /** Number of leading rows that other prompts may reuse. */
  reusable(reuse: Reuse): number {
    if (reuse === "none") return 0;
    // A sequence that reached the end of its slot keeps overwriting the last position.
    return Math.min(reuse === "all" ? this.#rows : this.#promptRows, this.capacity - 1);
  }

  /** Number of leading rows that a prompt can reuse; never all, as its last token must run. */
  shared({ ids, regime, salt }: PromptKey, reuse: Reuse): number {
    if (regime !== this.#regime || salt !== this.#salt) return 0;
    return alike(ids, this.#ids, Math.min(this.reusable(reuse), ids.length - 1));
  }

  /** Number of leading rows that another slot holds too. */
  common(other: SlotContents, reuse: Reuse): number {
    if (other.#regime !== this.#regime || other.#salt !== this.#salt) return 0;
    return alike(other.#ids, this.#ids, Math.min(this.reusable(reuse), other.reusable(reuse)));
  }

  /** Number of leading ids that were prefilled as a prompt. */
  sharedPrompt(ids: readonly number[]): number {
    return alike(ids, this.#ids, Math.min(this.reusable("prompt"), ids.length));
  }

  /** Starts a prompt whose first `from` rows are kept. */
  begin({ ids, regime, salt }: PromptKey, from: number): void {
    this.#ids = [...ids];
    this.#rows = from;
    this.#promptRows = Math.min(this.#promptRows, from);
    this.#regime = regime;
    this.#salt = salt;
  }

  /** Records that this slot's prompt received its rows before `end` from another slot. */
  received(end: number, from: SlotContents): void {
    if (this.#promptRows === this.#rows) {
      this.#promptRows = Math.max(this.#rows, Math.min(end, from.#promptRows));
    }
    this.#rows = end;
  }

  /** Records that rows [from, end) were submitted to the device as those of a prompt. */
  ran(from: number, end: number): void {
    // After rows of generated tokens, prompt rows are not bit-identical to a fresh run.
    if (this.#promptRows === from) this.#promptRows = end;
    this.#rows = Math.max(this.#rows, end);
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
    this.#salt = other.#salt;
    this.usedAt = other.usedAt;
  }

  /** Records that prompt rows were written into the KV buffers from elsewhere. */
  restore(prompt: PromptKey): void {
    this.begin(prompt, 0);
    this.ran(0, prompt.ids.length);
  }
}

/** Number of leading ids that two lists share, at most `most`. */
export function alike(a: readonly number[], b: readonly number[], most: number): number {
  let count = 0;
  while (count < most && a[count] === b[count]) count++;
  return count;
}
