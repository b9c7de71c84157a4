import type { Output } from "./output.ts";

/** A position in the output; it can be filled while earlier ones are still open. */
export interface Slot {
  /** Adds text at this position. */
  write(text: string): void;
  /** Ends the text of this slot. */
  close(): void;
}

/** Output in the order of opening: the first open slot writes straight through, later ones are buffered. */
export class InOrder {
  readonly #out: Output;
  #waiting: { text: string; closed: boolean }[] = [];

  constructor(out: Output) {
    this.#out = out;
  }

  /** Opens a slot after all others. */
  open(): Slot {
    const entry = { text: "", closed: false };
    this.#waiting.push(entry);
    return {
      write: (text) => {
        entry.text += text;
        this.#advance();
      },
      close: () => {
        entry.closed = true;
        this.#advance();
      },
    };
  }

  #advance(): void {
    while (this.#waiting.length > 0) {
      const [head] = this.#waiting;
      this.#out.text(head.text);
      head.text = "";
      if (!head.closed) return;
      this.#waiting.shift();
    }
  }
}
