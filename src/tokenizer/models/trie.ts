import { FIRST, PairMap } from "./pair_map.ts";

/** A prefix tree over UTF-16 units, with its edges in one hash table. */
export class Trie {
  #edges: PairMap;
  #ids: number[] = [-1];

  /** @param tokens by id; undefined entries are skipped. */
  constructor(tokens: readonly (string | undefined)[]) {
    this.#edges = new PairMap(tokens.length * 3);
    tokens.forEach((token, id) => {
      if (token !== undefined && token !== "") this.#insert(token, id);
    });
  }

  #insert(token: string, id: number): void {
    let node = 0;
    for (let i = 0; i < token.length; i++) {
      const unit = token.charCodeAt(i);
      if (this.#edges.add(node, unit, this.#ids.length, 0)) this.#ids.push(-1);
      node = this.#edges.data[this.#edges.find(node, unit) + FIRST];
    }
    if (this.#ids[node] === -1) this.#ids[node] = id;
  }

  /** Calls `found(end, id)` for every token that starts at `start`, shortest first. */
  walk(text: string, start: number, found: (end: number, id: number) => void): void {
    let node = 0;
    for (let i = start; i < text.length; i++) {
      const slot = this.#edges.find(node, text.charCodeAt(i));
      if (slot === -1) return;
      node = this.#edges.data[slot + FIRST];
      if (this.#ids[node] !== -1) found(i + 1, this.#ids[node]);
    }
  }

  /** The longest token that starts at `start`: its end, or −1. */
  longest(text: string, start: number): number {
    let end = -1;
    this.walk(text, start, (to) => end = to);
    return end;
  }
}
