import { DataError } from "../../base/errors.ts";
import { grown } from "./grown.ts";

/** Offsets of a pair's two values from the entry that `find` returns. */
export const FIRST = 2;
export const SECOND = 3;

/** Bits of a slot that hold part of the hash. */
const TAG = 0xff000000;
/** Maximum number of pairs that the bits below can index. */
const MOST_PAIRS = ~TAG;

/** Random hash seeds: no file can be crafted to make pairs collide. They do not change results. */
const [LEFT_SEED, RIGHT_SEED] = crypto.getRandomValues(new Uint32Array(2));

/**
 * Two small integers for each pair of non-negative ones: merge rank and merged id, or trie node. Open addressing; a
 * slot is one number, so that most failed lookups cost one cache miss in a small table, and the entries stay in
 * insertion order.
 */
export class PairMap {
  /** Entry + 1 (0: free) below the top byte of the hash. */
  #slots: Int32Array;
  /** left, right, first value, second value, entry after entry. */
  data: Int32Array;
  /** Number of pairs stored. */
  size = 0;

  /** @param expected expected number of pairs; the table grows beyond it. */
  constructor(expected: number) {
    let capacity = 16;
    while (capacity < expected * 1.5) capacity *= 2;
    this.#slots = new Int32Array(capacity);
    this.data = new Int32Array(Math.max(4, Math.ceil(expected)) * 4);
  }

  /** The slot of a pair, or the free slot for it. */
  #probe(left: number, right: number, hash: number): number {
    const slots = this.#slots;
    const data = this.data;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (; slots[slot] !== 0; slot = slot + 1 & mask) {
      if (((slots[slot] ^ hash) & TAG) !== 0) continue;
      const entry = ((slots[slot] & ~TAG) - 1) * 4;
      if (data[entry] === left && data[entry + 1] === right) break;
    }
    return slot;
  }

  /** The entry of a pair, or −1; read `data[entry + FIRST]` and `data[entry + SECOND]`. */
  find(left: number, right: number): number {
    const found = this.#slots[this.#probe(left, right, hashPair(left, right))] & ~TAG;
    return found === 0 ? -1 : (found - 1) * 4;
  }

  /** Stores a pair if it is new; otherwise returns false. @throws DataError if there are too many */
  add(left: number, right: number, first: number, second: number): boolean {
    if (this.size * 4 >= this.#slots.length * 3) this.#rehash();
    if (this.size === MOST_PAIRS) {
      throw new DataError(`tokenizer: expected at most ${MOST_PAIRS} pairs of tokens, got more`);
    }
    const hash = hashPair(left, right);
    const slot = this.#probe(left, right, hash);
    if (this.#slots[slot] !== 0) return false;
    const entry = this.size++ * 4;
    if (entry === this.data.length) this.data = grown(this.data);
    const { data } = this;
    data[entry] = left;
    data[entry + 1] = right;
    data[entry + FIRST] = first;
    data[entry + SECOND] = second;
    this.#slots[slot] = this.size | hash & TAG;
    return true;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.size; entry++) {
      const [left, right] = [this.data[entry * 4], this.data[entry * 4 + 1]];
      const hash = hashPair(left, right);
      this.#slots[this.#probe(left, right, hash)] = entry + 1 | hash & TAG;
    }
  }
}

function hashPair(left: number, right: number): number {
  let hash = Math.imul(left ^ LEFT_SEED, 0x9e3779b1);
  hash = Math.imul(hash ^ hash >>> 15 ^ right ^ RIGHT_SEED, 0x85ebca6b);
  return hash ^ hash >>> 15;
}
