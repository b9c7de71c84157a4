import type { Budget } from "../values/budget.ts";

const MOST_OUTPUT = 2 ** 24;

/** Output text under construction, in pieces. */
export class Output {
  readonly pieces: string[] = [];
  /** Length so far, in UTF-16 units. */
  length = 0;

  constructor(readonly budget: Budget) {}

  add(text: string): void {
    this.pieces.push(text);
    this.length += text.length;
    if (text.length >= 64 || this.length > MOST_OUTPUT) {
      this.budget.text(this.length > MOST_OUTPUT ? this.length : text.length);
    }
  }

  text(): string {
    return this.pieces.join("");
  }
}
