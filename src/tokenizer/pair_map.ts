/** Offsets of a pair's two values from the slot that `find` returns. */
export const FIRST = 2;
export const SECOND = 3;

/**
 * Two small integers for each pair of non-negative ones: merge rank and merged id, or trie node. Open addressing; a slot's
 * four numbers stand side by side, so that a look-up costs one cache miss.
 */
export class PairMap {
  #mask: number;
  /** left + 1 (0: free), right, first value, second value, slot after slot. */
  data: Int32Array;
  /** Number of pairs stored. */
  size = 0;

  /** @param expected how many pairs will come; the table grows when more do. */
  constructor(expected: number) {
    let capacity = 16;
    while (capacity < expected * 1.5) capacity *= 2;
    this.#mask = capacity - 1;
    this.data = new Int32Array(capacity * 4);
  }

  #probe(left: number, right: number): number {
    const mask = this.#mask;
    const data = this.data;
    const key = left + 1 | 0;
    let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = (hash & mask) * 4;
    while (data[slot] !== 0 && (data[slot] !== key || data[slot + 1] !== right)) {
      slot = slot + 4 & mask * 4 + 3;
    }
    return slot;
  }

  /** The slot of a pair, or −1; read `data[slot + FIRST]` and `data[slot + SECOND]`. */
  find(left: number, right: number): number {
    const slot = this.#probe(left, right);
    return this.data[slot] === 0 ? -1 : slot;
  }

  /** Stores a pair unless it is already there; false when it was. */
  add(left: number, right: number, first: number, second: number): boolean {
    let slot = this.#probe(left, right);
    if (this.data[slot] !== 0) return false;
    if (this.size * 4 > this.#mask * 3) {
      this.#grow();
      slot = this.#probe(left, right);
    }
    this.size++;
    this.data[slot] = left + 1 | 0;
    this.data[slot + 1] = right;
    this.data[slot + FIRST] = first;
    this.data[slot + SECOND] = second;
    return true;
  }

  #grow(): void {
    const bigger = new PairMap((this.#mask + 1) * 4 / 3);
    const { data } = this;
    for (let slot = 0; slot < data.length; slot += 4) {
      if (data[slot] !== 0) {
        bigger.add(data[slot] - 1, data[slot + 1], data[slot + FIRST], data[slot + SECOND]);
      }
    }
    this.#mask = bigger.#mask;
    this.data = bigger.data;
  }
}
