import { Automaton } from "./automaton/automaton.ts";
import type { Grammar } from "./automaton/grammar.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** The tokens that a constraint allows next. */
export interface Mask {
  /** One bit a token: ceil(vocabulary / 32) words, token t is bit t % 32 of word t / 32. End tokens are not set. */
  readonly bits: Uint32Array;
  /** Number of tokens allowed. */
  readonly count: number;
  /** The token, if exactly one is allowed. */
  readonly only: number | undefined;
}

/** Bytes of masks that one grammar keeps. */
const KEPT_BYTES = 32 * 2 ** 20;

/** Computes which tokens of a vocabulary a grammar's states allow. Sequences with the same grammar share it. */
export class Masks {
  readonly #short: Automaton;
  /** In order of use, the latest last. */
  readonly #kept = new Map<number, Mask>();
  readonly #most: number;
  /** Masks computed so far; others were kept. */
  computed = 0;

  constructor(readonly grammar: Grammar, readonly vocabulary: Vocabulary) {
    this.#short = new Automaton(grammar, vocabulary.longest + 1);
    this.#most = Math.max(16, Math.floor(KEPT_BYTES / (Math.ceil(vocabulary.size / 32) * 4)));
  }

  /** The mask of a state of `automaton`, which runs the same grammar. */
  of(automaton: Automaton, state: number): Mask {
    const short = this.#short.shorten(automaton, state);
    let mask = this.#kept.get(short);
    if (mask) this.#kept.delete(short);
    else {
      mask = this.#walk(short);
      this.computed++;
      if (this.#kept.size >= this.#most) this.#kept.delete(this.#kept.keys().next().value!);
    }
    this.#kept.set(short, mask);
    return mask;
  }

  /** Walks the trie from a state. */
  #walk(start: number): Mask {
    const { bytes, depths, ends, tokens, twins, longest, size } = this.vocabulary;
    const automaton = this.#short;
    const bits = new Uint32Array(Math.ceil(size / 32));
    const states = new Int32Array(longest + 1);
    states[0] = start;
    let count = 0;
    let only = -1;
    for (let node = 0; node < bytes.length;) {
      const depth = depths[node];
      const state = automaton.step(states[depth], bytes[node]);
      if (state < 0) {
        node = ends[node];
        continue;
      }
      states[depth + 1] = state;
      for (let token = tokens[node]; token >= 0; token = twins[token]) {
        bits[token >> 5] |= 1 << (token & 31);
        count++;
        only = token;
      }
      node++;
    }
    return { bits, count, only: count === 1 ? only : undefined };
  }
}
