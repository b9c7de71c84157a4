import { PairMap } from "./pair_map.ts";

/** A BPE vocabulary and its merges, read straight from tokenizer.json's text. */
export interface QuickVocab {
  vocab: Map<string, number>;
  tokens: string[];
  merges: PairMap;
  /** The file's text with both values emptied, for the ordinary reader. */
  rest: string;
}

/**
 * Reads `model.vocab` and `model.merges` without building the 400,000 small objects that JSON.parse would.
 * Takes only what is surely right: anything unusual (holes, repeats, unknown tokens, odd syntax) gives undefined, and the
 * ordinary reader then finds the words for it.
 */
export function readVocabQuickly(text: string): QuickVocab | undefined {
  return new QuickReader(text).read();
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

class QuickReader {
  #at = 0;
  #vocab = new Map<string, number>();
  #tokens: string[] = [];
  /** Open addressing: id + 1 by hash of the token's units. */
  #table = new Int32Array(0);
  #merges: PairMap | undefined;

  constructor(readonly text: string) {}

  read(): QuickVocab | undefined {
    const model = this.#enter("model");
    if (!model) return undefined;
    const vocab = this.#enter("vocab");
    if (!vocab) return undefined;
    const vocabStart = this.#at;
    if (!this.#readVocab()) return undefined;
    const vocabEnd = this.#at;
    if (!this.#take(0x2c) || !this.#seek("merges")) return undefined;
    const mergesStart = this.#at;
    if (!this.#readMerges() || this.#merges === undefined) return undefined;
    const rest = this.text.slice(0, vocabStart) + "{}" + this.text.slice(vocabEnd, mergesStart) + "[]" +
      this.text.slice(this.#at);
    return { vocab: this.#vocab, tokens: this.#tokens, merges: this.#merges, rest };
  }

  #blank(): number {
    const { text } = this;
    let unit = text.charCodeAt(this.#at);
    while (unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09) {
      unit = text.charCodeAt(++this.#at);
    }
    return unit;
  }

  #take(unit: number): boolean {
    if (this.#blank() !== unit) return false;
    this.#at++;
    return true;
  }

  /** Into an object, to the value of a key. */
  #enter(key: string): boolean {
    return this.#take(0x7b) && this.#seek(key);
  }

  /** Skips members until the key; stands at its value then. */
  #seek(wanted: string): boolean {
    while (this.#blank() === QUOTE) {
      const start = this.#at + 1;
      if (!this.#skipString()) return false;
      const found = this.text.startsWith(wanted, start) && this.#at === start + wanted.length + 1;
      if (!this.#take(0x3a)) return false;
      this.#blank();
      if (found) return true;
      if (!this.#skipValue() || !this.#take(0x2c)) return false;
    }
    return false;
  }

  #skipString(): boolean {
    const { text } = this;
    for (this.#at++; this.#at < text.length; this.#at++) {
      const unit = text.charCodeAt(this.#at);
      if (unit === QUOTE) {
        this.#at++;
        return true;
      }
      if (unit === BACKSLASH) this.#at++;
    }
    return false;
  }

  #skipValue(): boolean {
    const { text } = this;
    for (let depth = 0; this.#at < text.length;) {
      const unit = text.charCodeAt(this.#at);
      if (unit === QUOTE) {
        if (!this.#skipString()) return false;
      } else {
        if (depth === 0 && (unit === 0x2c || unit === 0x7d || unit === 0x5d)) return true;
        if (unit === 0x7b || unit === 0x5b) depth++;
        else if (unit === 0x7d || unit === 0x5d) depth--;
        this.#at++;
      }
    }
    return false;
  }

  /** End of a string literal's content, standing at its quote; −1 − end if it has escapes; undefined if broken. */
  #literalEnd(): number | undefined {
    const { text } = this;
    let escaped = false;
    for (let i = this.#at + 1; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit === QUOTE) return escaped ? -1 - i : i;
      if (unit < 0x20) return undefined;
      if (unit === BACKSLASH) {
        escaped = true;
        i++;
      }
    }
    return undefined;
  }

  /** A string literal; leaves it behind. */
  #string(): string | undefined {
    if (this.#blank() !== QUOTE) return undefined;
    const start = this.#at;
    const end = this.#literalEnd();
    if (end === undefined) return undefined;
    if (end >= 0) {
      this.#at = end + 1;
      return copy(this.text, start + 1, end);
    }
    this.#at = -end;
    try {
      return JSON.parse(this.text.slice(start, this.#at)) as string;
    } catch {
      return undefined;
    }
  }

  #readVocab(): boolean {
    const { text } = this;
    if (!this.#take(0x7b)) return false;
    do {
      const token = this.#string();
      if (token === undefined || !this.#take(0x3a)) return false;
      let digit = this.#blank() - 0x30;
      // Ids count up in files that tools write; the table of tokens is filled in order.
      let id = 0;
      const start = this.#at;
      while (digit >= 0 && digit <= 9 && id < 1e8) {
        id = id * 10 + digit;
        digit = text.charCodeAt(++this.#at) - 0x30;
      }
      if (this.#at === start || id !== this.#tokens.length || (id > 0 && text[start] === "0")) return false;
      this.#tokens.push(token);
      this.#vocab.set(token, id);
    } while (this.#take(0x2c));
    if (!this.#take(0x7d) || this.#vocab.size !== this.#tokens.length) return false;
    let capacity = 1024;
    while (capacity < this.#tokens.length * 3) capacity *= 2;
    this.#table = new Int32Array(capacity);
    this.#tokens.forEach((token, id) => {
      let slot = hash(token, 0, token.length, 0) & (capacity - 1);
      while (this.#table[slot] !== 0) slot = (slot + 1) & (capacity - 1);
      this.#table[slot] = id + 1;
    });
    return true;
  }

  /** Id of the token made of two stretches of the text. */
  #find(hashed: number, a: number, aEnd: number, b: number, bEnd: number): number {
    const { text } = this;
    const mask = this.#table.length - 1;
    const first = aEnd - a;
    const length = first + bEnd - b;
    search: for (let slot = hashed & mask; this.#table[slot] !== 0; slot = (slot + 1) & mask) {
      const token = this.#tokens[this.#table[slot] - 1];
      if (token.length !== length) continue;
      for (let k = 0; k < first; k++) if (token.charCodeAt(k) !== text.charCodeAt(a + k)) continue search;
      for (let k = first; k < length; k++) {
        if (token.charCodeAt(k) !== text.charCodeAt(b + k - first)) continue search;
      }
      return this.#table[slot] - 1;
    }
    return -1;
  }

  #readMerges(): boolean {
    if (!this.#take(0x5b)) return false;
    const merges = new PairMap(this.#tokens.length * 2.2);
    this.#merges = merges;
    if (this.#take(0x5d)) return true;
    let rank = 0;
    do {
      const unit = this.#blank();
      const done = unit === 0x5b ? this.#readPair(merges, rank) : this.#readWords(merges, rank);
      if (!done) return false;
      rank++;
    } while (this.#take(0x2c));
    return this.#take(0x5d);
  }

  /** `["a", "b"]` */
  #readPair(merges: PairMap, rank: number): boolean {
    this.#at++;
    if (this.#blank() !== QUOTE) return false;
    const a = this.#at + 1;
    const aEnd = this.#literalEnd();
    if (aEnd === undefined) return false;
    this.#at = (aEnd < 0 ? -1 - aEnd : aEnd) + 1;
    if (!this.#take(0x2c) || this.#blank() !== QUOTE) return false;
    const b = this.#at + 1;
    const bEnd = this.#literalEnd();
    if (bEnd === undefined) return false;
    this.#at = (bEnd < 0 ? -1 - bEnd : bEnd) + 1;
    if (!this.#take(0x5d)) return false;
    if (aEnd >= 0 && bEnd >= 0) return this.#addMerge(merges, rank, a, aEnd, b, bEnd);
    try {
      const left = JSON.parse(this.text.slice(a - 1, (aEnd < 0 ? -1 - aEnd : aEnd) + 1)) as string;
      const right = JSON.parse(this.text.slice(b - 1, (bEnd < 0 ? -1 - bEnd : bEnd) + 1)) as string;
      return this.#addStrings(merges, rank, left, right);
    } catch {
      return false;
    }
  }

  /** `"a b"` */
  #readWords(merges: PairMap, rank: number): boolean {
    if (this.#blank() !== QUOTE) return false;
    const start = this.#at + 1;
    const end = this.#literalEnd();
    if (end === undefined) return false;
    if (end < 0) {
      const parts = this.#string()?.split(" ") ?? [];
      return parts.length === 2 && this.#addStrings(merges, rank, parts[0], parts[1]);
    }
    this.#at = end + 1;
    let blank = -1;
    for (let i = start; i < end; i++) {
      if (this.text.charCodeAt(i) !== 0x20) continue;
      if (blank !== -1) return false;
      blank = i;
    }
    return blank !== -1 && this.#addMerge(merges, rank, start, blank, blank + 1, end);
  }

  #addStrings(merges: PairMap, rank: number, left: string, right: string): boolean {
    const [first, second, joined] = [left, right, left + right].map((token) => this.#vocab.get(token));
    if (first === undefined || second === undefined || joined === undefined) return false;
    return merges.add(first, second, rank, joined);
  }

  #addMerge(merges: PairMap, rank: number, a: number, aEnd: number, b: number, bEnd: number): boolean {
    const hashed = hash(this.text, a, aEnd, 0);
    const first = this.#find(hashed, a, aEnd, b, b);
    const second = this.#find(hash(this.text, b, bEnd, 0), b, bEnd, b, b);
    const joined = this.#find(hash(this.text, b, bEnd, hashed), a, aEnd, b, bEnd);
    return first !== -1 && second !== -1 && joined !== -1 && merges.add(first, second, rank, joined);
  }
}

/** A slice that does not keep the whole file's text alive, as V8's longer slices do. */
function copy(text: string, start: number, end: number): string {
  if (end - start < 13) return text.slice(start, end);
  const units: number[] = [];
  for (let i = start; i < end; i++) units.push(text.charCodeAt(i));
  return String.fromCharCode(...units.slice(0, 4096)) +
    (units.length > 4096 ? text.slice(start + 4096, end) : "");
}

function hash(text: string, start: number, end: number, seed: number): number {
  for (let i = start; i < end; i++) seed = Math.imul(seed ^ text.charCodeAt(i), 0x01000193) ^ (seed >>> 17);
  return seed;
}
