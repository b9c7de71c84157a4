/** Where a pair of ids leads: `first` and `second` are the caller's two numbers (merge rank and merged id, trie node and piece). */
export class PairMap {
  #mask: number;
  #left: Int32Array;
  #right: Int32Array;
  /** First value of each slot. */
  first: Int32Array;
  /** Second value of each slot. */
  second: Int32Array;
  /** Number of pairs stored. */
  size = 0;

  /** @param expected how many pairs will come; the table grows when more do. */
  constructor(expected: number) {
    let capacity = 16;
    while (capacity < expected * 2) capacity *= 2;
    this.#mask = capacity - 1;
    this.#left = new Int32Array(capacity).fill(-1);
    this.#right = new Int32Array(capacity);
    this.first = new Int32Array(capacity);
    this.second = new Int32Array(capacity);
  }

  #probe(left: number, right: number): number {
    const mask = this.#mask;
    const keys = this.#left;
    let hash = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    while (keys[slot] !== -1 && (keys[slot] !== left || this.#right[slot] !== right)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** The slot of a pair of non-negative integers, or −1; read `first[slot]` and `second[slot]`. */
  find(left: number, right: number): number {
    const slot = this.#probe(left, right);
    return this.#left[slot] === -1 ? -1 : slot;
  }

  /** Stores a pair unless it is already there; false when it was. */
  add(left: number, right: number, first: number, second: number): boolean {
    let slot = this.#probe(left, right);
    if (this.#left[slot] !== -1) return false;
    if (this.size * 2 > this.#mask) {
      this.#grow();
      slot = this.#probe(left, right);
    }
    this.size++;
    this.#left[slot] = left;
    this.#right[slot] = right;
    this.first[slot] = first;
    this.second[slot] = second;
    return true;
  }

  #grow(): void {
    const bigger = new PairMap(this.#mask + 1);
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#left[slot] !== -1) {
        bigger.add(this.#left[slot], this.#right[slot], this.first[slot], this.second[slot]);
      }
    }
    this.#mask = bigger.#mask;
    this.#left = bigger.#left;
    this.#right = bigger.#right;
    this.first = bigger.first;
    this.second = bigger.second;
  }
}
