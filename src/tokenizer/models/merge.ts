import { FIRST, type PairMap, SECOND } from "./pair_map.ts";

/** Up to this many symbols, a linear scan for the best pair is faster than a heap. */
const SHORT = 40;
/** Heap keys are rank · 2^28 + position in one double; ranks and positions stay well below these limits. */
const POSITIONS = 2 ** 28;

/** Random skipping of merges (BPE-dropout). `skip` is called once for each merge about to be applied. */
export interface Dropout {
  skip: () => boolean;
  /** Hugging Face reinserts skipped merges after the next applied merge; SentencePiece drops them. */
  reinsert: boolean;
}

/** Symbols `left` to `middle` and `middle` to `end` (initial positions) are adjacent and would merge to `merged`. */
export type Seen = (left: number, middle: number, end: number, merged: number) => void;

/** Merged symbols: ids, and the number of initial symbols that each covers. */
export interface Merged {
  ids: number[];
  counts: number[];
}

/**
 * Byte-pair encoding of one word: repeatedly merges the adjacent pair of lowest rank, the leftmost on a tie. O(n log n)
 * for every word.
 *
 * @param symbols ids of the initial symbols; overwritten.
 * @param merges pair → rank (`first`), merged id (`second`).
 * @param frozen positions that never merge (SentencePiece's user-defined symbols).
 * @param seen called with every pair that could merge, as it becomes adjacent.
 */
export function mergeSymbols(
  symbols: number[],
  merges: PairMap,
  frozen?: Uint8Array,
  dropout?: Dropout,
  seen?: Seen,
): Merged {
  const plain = frozen === undefined && dropout === undefined && seen === undefined;
  if (plain && symbols.length <= SHORT) return mergeShort(symbols, merges);
  return mergeLong(symbols, merges, frozen, dropout, seen);
}

function mergeShort(symbols: number[], merges: PairMap): Merged {
  const counts: number[] = new Array(symbols.length).fill(1);
  const slots: number[] = [];
  for (let i = 0; i + 1 < symbols.length; i++) slots.push(merges.find(symbols[i], symbols[i + 1]));
  while (true) {
    let best = -1;
    let rank = 0x7fffffff;
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] !== -1 && merges.data[slots[i] + FIRST] < rank) {
        best = i;
        rank = merges.data[slots[i] + FIRST];
      }
    }
    if (best === -1) return { ids: symbols, counts };
    symbols[best] = merges.data[slots[best] + SECOND];
    counts[best] += counts[best + 1];
    symbols.splice(best + 1, 1);
    counts.splice(best + 1, 1);
    slots.splice(best, 1);
    if (best > 0) slots[best - 1] = merges.find(symbols[best - 1], symbols[best]);
    if (best < slots.length) slots[best] = merges.find(symbols[best], symbols[best + 1]);
  }
}

function mergeLong(
  symbols: number[],
  merges: PairMap,
  frozen?: Uint8Array,
  dropout?: Dropout,
  seen?: Seen,
): Merged {
  const length = symbols.length;
  const next = new Int32Array(length);
  const previous = new Int32Array(length);
  const ids = Int32Array.from(symbols);
  /** Slot of the pair that currently starts at a position; −1 if it does not merge or the position is gone. */
  const slots = new Int32Array(length).fill(-1);
  const heap = new Heap(length);
  const consider = (left: number): void => {
    const right = next[left];
    slots[left] = -1;
    if (right === length || frozen?.[left] || frozen?.[right]) return;
    const slot = merges.find(ids[left], ids[right]);
    slots[left] = slot;
    if (slot === -1) return;
    heap.push(merges.data[slot + FIRST] * POSITIONS + left);
    seen?.(left, right, next[right], merges.data[slot + SECOND]);
  };
  for (let i = 0; i < length; i++) {
    next[i] = i + 1;
    previous[i] = i - 1;
  }
  for (let i = 0; i < length; i++) consider(i);
  const skipped: number[] = [];
  while (heap.size > 0) {
    const key = heap.pop();
    const left = key % POSITIONS;
    const slot = slots[left];
    if (slot === -1 || merges.data[slot + FIRST] * POSITIONS + left !== key) continue;
    if (dropout?.skip()) {
      if (dropout.reinsert) skipped.push(key);
      continue;
    }
    for (const back of skipped) heap.push(back);
    skipped.length = 0;
    const right = next[left];
    ids[left] = merges.data[slot + SECOND];
    slots[right] = -1;
    next[left] = next[right];
    if (next[left] < length) previous[next[left]] = left;
    consider(left);
    if (previous[left] >= 0) consider(previous[left]);
  }
  const out: Merged = { ids: [], counts: [] };
  for (let i = 0; i < length; i = next[i]) {
    out.ids.push(ids[i]);
    out.counts.push(next[i] - i);
  }
  return out;
}

/** A binary min-heap of numbers. */
class Heap {
  #keys: Float64Array;
  size = 0;

  constructor(capacity: number) {
    this.#keys = new Float64Array(Math.max(16, capacity));
  }

  push(key: number): void {
    if (this.size === this.#keys.length) {
      const bigger = new Float64Array(this.size * 2);
      bigger.set(this.#keys);
      this.#keys = bigger;
    }
    const keys = this.#keys;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (keys[parent] <= key) break;
      keys[at] = keys[parent];
      at = parent;
    }
    keys[at] = key;
  }

  pop(): number {
    const keys = this.#keys;
    const top = keys[0];
    const last = keys[--this.size];
    let at = 0;
    while (true) {
      let child = at * 2 + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && keys[child + 1] < keys[child]) child++;
      if (keys[child] >= last) break;
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = last;
    return top;
  }
}
