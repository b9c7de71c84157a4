import type { Output } from "./output.ts";

/** A place in the output, filled while others before it may still be open. */
export interface Slot {
  /** Adds text at this place. */
  write(text: string): void;
  /** Nothing more comes here. */
  close(): void;
}

/**
 * Output in the order of opening: the first open slot writes straight through, the ones behind it wait their turn.
 */
export class InOrder {
  readonly #out: Output;
  #waiting: { text: string; closed: boolean }[] = [];

  constructor(out: Output) {
    this.#out = out;
  }

  /** Opens the place behind all others. */
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
