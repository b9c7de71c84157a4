import { grown } from "./grown.ts";
import { writeUtf8 } from "../../base/utf8.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** Bits of a slot that hold part of the hash. */
const TAG = 0xff000000;
/** Maximum number of tokens that the bits below can index. */
const MOST_TOKENS = ~TAG;
/** Limit of `#reach`: real vocabularies need about 30, tokens crafted to collide could need any number. */
const MOST_REACH = 500;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Hash of bytes. */
export function hashBytes(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0;
  for (let at = from; at < to; at++) hash = hashByte(hash, bytes[at]);
  return hash;
}

/** Extends a hash by one byte. */
export function hashByte(seed: number, byte: number): number {
  return Math.imul(seed ^ byte, 0x01000193) ^ (seed >>> 17);
}

/**
 * A vocabulary as consecutive bytes, in order of ids. Tokens are found by their bytes; strings are created on demand.
 */
export class TokenTable implements Vocabulary {
  /** All tokens in UTF-8, concatenated. */
  #bytes = new Uint8Array(1 << 20);
  /** Start of each token in the bytes, and the end of the last. */
  #starts = new Int32Array(1 << 17);
  #size = 0;
  #longest = 0;
  /** Open addressing: id + 1 below the top byte of the hash of the token's bytes. */
  #slots = new Int32Array(1 << 18);
  /** Largest distance so far between a token's slot and the first one for its hash. */
  #reach = 0;
  #texts: (string | undefined)[] = [];
  #scratch = new Uint8Array(0);

  get size(): number {
    return this.#size;
  }

  /**
   * Appends a token, given as UTF-8 and its {@linkcode hashBytes}; false if it exists already, or if the table is full:
   * too many tokens, or too many with one hash.
   */
  push(source: Uint8Array, from: number, to: number, hash: number): boolean {
    if (this.#size === MOST_TOKENS || this.find(source, from, to, hash) !== -1) return false;
    if (this.#size * 2 > this.#slots.length && !this.#rehash()) return false;
    const id = this.#size;
    if (!this.#place(id + 1 | hash & TAG, hash)) return false;
    this.#size++;
    const start = this.#starts[id];
    const end = start + to - from;
    if (end > this.#bytes.length) this.#bytes = grown(this.#bytes, end);
    if (id + 1 === this.#starts.length) this.#starts = grown(this.#starts, id + 2);
    for (let at = start, k = from; k < to;) this.#bytes[at++] = source[k++];
    this.#starts[id + 1] = end;
    if (to - from > this.#longest) this.#longest = to - from;
    return true;
  }

  /** Id of the token with these bytes, or −1. */
  find(source: Uint8Array, from: number, to: number, hash: number): number {
    const slots = this.#slots;
    const starts = this.#starts;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let left = this.#reach; slots[slot] !== 0 && left >= 0; left--, slot = slot + 1 & mask) {
      if (((slots[slot] ^ hash) & TAG) !== 0) continue;
      const id = (slots[slot] & ~TAG) - 1;
      const end = starts[id + 1];
      if (end - starts[id] === to - from && this.#same(source, from, starts[id], end)) return id;
    }
    return -1;
  }

  get(token: string): number | undefined {
    if (token.length > this.#longest) return undefined;
    const scratch = this.#room();
    const length = writeUtf8(token, scratch);
    if (length === -1) return undefined;
    const id = this.find(scratch, 0, length, hashBytes(scratch, 0, length));
    return id === -1 ? undefined : id;
  }

  tokenOf(id: number): string | undefined {
    if (!(id >= 0 && id < this.#size && Number.isInteger(id))) return undefined;
    return this.#texts[id] ??= utf8.decode(this.#bytes.subarray(this.#starts[id], this.#starts[id + 1]));
  }

  *keys(): Iterable<string> {
    const bytes = this.#bytes.subarray(0, this.#starts[this.#size]);
    const text = utf8.decode(bytes);
    let from = 0;
    for (let id = 0, at = 0; id < this.#size; id++) {
      let to = from;
      for (const end = this.#starts[id + 1]; at < end; at++) {
        // UTF-16 units per byte: none for a continuation byte, two for the first of four bytes.
        if ((bytes[at] & 0xc0) !== 0x80) to += bytes[at] >= 0xf0 ? 2 : 1;
      }
      yield text.slice(from, to);
      from = to;
    }
  }

  /** Id of the concatenation of two tokens, or −1; tries `guess` and the next id first. */
  joined(first: number, second: number, guess: number): number {
    if (this.#isJoined(first, second, guess)) return guess;
    if (this.#isJoined(first, second, guess + 1)) return guess + 1;
    const bytes = this.#bytes;
    const scratch = this.#room();
    let length = 0;
    for (const id of [first, second]) {
      for (let at = this.#starts[id]; at < this.#starts[id + 1]; at++) scratch[length++] = bytes[at];
    }
    return this.find(scratch, 0, length, hashBytes(scratch, 0, length));
  }

  /** Room for a text as long as the longest token, or for two tokens. */
  #room(): Uint8Array {
    if (this.#scratch.length < this.#longest * 3) this.#scratch = new Uint8Array(this.#longest * 3);
    return this.#scratch;
  }

  #isJoined(first: number, second: number, id: number): boolean {
    if (id >= this.#size) return false;
    const starts = this.#starts;
    const middle = starts[id] + starts[first + 1] - starts[first];
    const end = middle + starts[second + 1] - starts[second];
    return end === starts[id + 1] && this.#same(this.#bytes, starts[first], starts[id], middle) &&
      this.#same(this.#bytes, starts[second], middle, end);
  }

  /** True if the table's bytes from `at` to `end` equal those of `source` starting at `from`. */
  #same(source: Uint8Array, from: number, at: number, end: number): boolean {
    const bytes = this.#bytes;
    while (at < end) if (bytes[at++] !== source[from++]) return false;
    return true;
  }

  /** Writes an entry to the first free slot for its hash; false if that is too far away. */
  #place(entry: number, hash: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let reach = 0; reach <= MOST_REACH; reach++) {
      const slot = hash + reach & mask;
      if (slots[slot] !== 0) continue;
      slots[slot] = entry;
      if (reach > this.#reach) this.#reach = reach;
      return true;
    }
    return false;
  }

  #rehash(): boolean {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    return old.every((entry) => {
      if (entry === 0) return true;
      const id = (entry & ~TAG) - 1;
      return this.#place(entry, hashBytes(this.#bytes, this.#starts[id], this.#starts[id + 1]));
    });
  }
}
