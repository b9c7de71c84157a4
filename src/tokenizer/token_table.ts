const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A vocabulary's tokens as bytes in a row, found again by two stretches of a file without making strings. */
export class TokenTable {
  #blob = new Uint8Array(1 << 16);
  /** Where each token starts in the blob, and in its text (UTF-16 units). */
  #starts: number[] = [0];
  #units: number[] = [0];
  /** Open addressing: id + 1 and the hash of the token's bytes. */
  #table = new Int32Array(0);

  /** @param bytes the file in which tokens will be looked for. */
  constructor(readonly bytes: Uint8Array) {}

  /** How many tokens there are. */
  get size(): number {
    return this.#units.length - 1;
  }

  /** Appends the token that `source` holds from `from` to `to`. */
  push(source: Uint8Array, from: number, to: number): void {
    let end = this.#starts[this.#starts.length - 1];
    let unit = this.#units[this.#units.length - 1];
    if (end + to - from > this.#blob.length) {
      const bigger = new Uint8Array(Math.max(end + to - from, this.#blob.length * 2));
      bigger.set(this.#blob);
      this.#blob = bigger;
    }
    const blob = this.#blob;
    for (let k = from; k < to; k++) {
      const byte = source[k];
      blob[end++] = byte;
      if ((byte & 0xc0) !== 0x80) unit += byte >= 0xf0 ? 2 : 1;
    }
    this.#starts.push(end);
    this.#units.push(unit);
  }

  /** Builds the index and returns the tokens as strings; undefined if one is not UTF-8. */
  finish(): string[] | undefined {
    const count = this.size;
    let text: string;
    try {
      text = strictUtf8.decode(this.#blob.subarray(0, this.#starts[count]));
    } catch {
      return undefined;
    }
    let capacity = 1024;
    while (capacity < count * 2) capacity *= 2;
    const table = this.#table = new Int32Array(capacity * 2);
    const tokens: string[] = [];
    for (let id = 0; id < count; id++) {
      tokens.push(text.slice(this.#units[id], this.#units[id + 1]));
      const hashed = hash(this.#blob, this.#starts[id], this.#starts[id + 1], 0);
      let slot = (hashed & capacity - 1) * 2;
      while (table[slot] !== 0) slot = slot + 2 & capacity * 2 - 1;
      table[slot] = id + 1;
      table[slot + 1] = hashed;
    }
    return tokens;
  }

  /** Ids of the file's stretches [a, aEnd), [b, bEnd) and of both joined; undefined unless all three are tokens. */
  findMerge(a: number, aEnd: number, b: number, bEnd: number): [number, number, number] | undefined {
    const hashed = hash(this.bytes, a, aEnd, 0);
    const first = this.#find(hashed, a, aEnd, b, b);
    const second = this.#find(hash(this.bytes, b, bEnd, 0), b, bEnd, b, b);
    const joined = this.#find(hash(this.bytes, b, bEnd, hashed), a, aEnd, b, bEnd);
    return first === -1 || second === -1 || joined === -1 ? undefined : [first, second, joined];
  }

  #find(hashed: number, a: number, aEnd: number, b: number, bEnd: number): number {
    const { bytes } = this;
    const table = this.#table;
    const blob = this.#blob;
    const mask = table.length - 1;
    const length = aEnd - a + bEnd - b;
    search: for (let slot = hashed * 2 & mask; table[slot] !== 0; slot = slot + 2 & mask) {
      if (table[slot + 1] !== hashed) continue;
      const id = table[slot] - 1;
      let at = this.#starts[id];
      if (this.#starts[id + 1] - at !== length) continue;
      for (let k = a; k < aEnd; k++) if (blob[at++] !== bytes[k]) continue search;
      for (let k = b; k < bEnd; k++) if (blob[at++] !== bytes[k]) continue search;
      return id;
    }
    return -1;
  }
}

function hash(bytes: Uint8Array, start: number, end: number, seed: number): number {
  for (let i = start; i < end; i++) seed = Math.imul(seed ^ bytes[i], 0x01000193) ^ (seed >>> 17);
  return seed;
}
