/** Ranges of code points with a class each, in the format of unicode_tables.ts. */
export class CodePointRanges {
  #starts: number[] = [];
  #ends: number[] = [];
  #classes: number[] = [];

  /** @param withClasses true if each length is followed by a class; otherwise all are of class 0 */
  constructor(text: string, withClasses = false) {
    const numbers = text.split(" ").map((word) => parseInt(word, 36));
    let end = 0;
    for (let at = 0; at < numbers.length; at += withClasses ? 3 : 2) {
      const start = end + numbers[at];
      end = start + numbers[at + 1];
      this.#starts.push(start);
      this.#ends.push(end);
      this.#classes.push(withClasses ? numbers[at + 2] : 0);
    }
  }

  /** The class of a code point; undefined outside all ranges. */
  classOf(codePoint: number): number | undefined {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ends[middle] <= codePoint) low = middle + 1;
      else high = middle;
    }
    return low < this.#starts.length && this.#starts[low] <= codePoint ? this.#classes[low] : undefined;
  }

  has(codePoint: number): boolean {
    return this.classOf(codePoint) !== undefined;
  }
}
