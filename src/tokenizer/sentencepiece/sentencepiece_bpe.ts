import { mergeSymbols } from "../models/merge.ts";
import { PairMap } from "../models/pair_map.ts";
import type { Sampling, Segmenter } from "../models/segmenter.ts";
import { PieceType, type SentencePieceFile } from "./sentencepiece_file.ts";
import type { Trie } from "../models/trie.ts";

const MAX_LENGTH = 48;
const MAX_WORDS = 20_000;

/** SentencePiece's BPE: merges adjacent pieces by the score of the result, the leftmost first on a tie. */
export class SentencePieceBpe implements Segmenter {
  #symbols = new Map<string, number>();
  #merges: PairMap;
  #userDefined: Trie | undefined;
  /** Symbol ids of UNUSED pieces, which are split again. */
  #unused = new Set<number>();
  #apart: boolean;
  #words = new Map<string, number[]>();

  constructor(file: SentencePieceFile, userDefined?: Trie) {
    this.#userDefined = userDefined;
    const ranks = scoreRanks(file);
    for (const [id, piece] of file.pieces.entries()) {
      if (!isMergeable(piece.type)) continue;
      this.#symbols.set(piece.text, id);
      if (piece.type === PieceType.unused) this.#unused.add(id);
    }
    let next = file.pieces.length;
    for (const piece of file.pieces) {
      if (!isMergeable(piece.type)) continue;
      for (const character of piece.text) {
        if (!this.#symbols.has(character)) this.#symbols.set(character, next++);
      }
    }
    this.#merges = new PairMap(file.pieces.length * 3);
    for (const [id, piece] of file.pieces.entries()) {
      if (!isMergeable(piece.type)) continue;
      for (let cut = 1; cut < piece.text.length; cut++) {
        const left = this.#symbols.get(piece.text.slice(0, cut));
        const right = left === undefined ? undefined : this.#symbols.get(piece.text.slice(cut));
        if (left !== undefined && right !== undefined) this.#merges.add(left, right, ranks[id], id);
      }
    }
    this.#apart = userDefined === undefined && this.#unused.size === 0 &&
      !file.pieces.some((piece) => /[^▁]▁/.test(piece.text));
  }

  segment(text: string, sampling?: Sampling): number[] {
    if (!this.#apart || sampling !== undefined) return this.#segment(text, sampling);
    const ends: number[] = [];
    for (let start = 0; start < text.length;) {
      let end = text.indexOf("▁", start + 1);
      while (end !== -1 && text[end - 1] === "▁") end = text.indexOf("▁", end + 1);
      if (end === -1) end = text.length;
      for (const within of this.#word(text.slice(start, end))) ends.push(start + within);
      start = end;
    }
    return ends;
  }

  #word(word: string): number[] {
    if (word.length > MAX_LENGTH) return this.#segment(word);
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const ends = this.#segment(word);
    if (this.#words.size >= MAX_WORDS) this.#words.clear();
    this.#words.set(word, ends);
    return ends;
  }

  #segment(text: string, sampling?: Sampling): number[] {
    const ids: number[] = [];
    const bounds: number[] = [0];
    const frozen: number[] = [];
    for (let at = 0; at < text.length;) {
      const reserved = this.#userDefined?.longest(text, at) ?? -1;
      const end = reserved !== -1 ? reserved : at + ((text.codePointAt(at) as number) > 0xffff ? 2 : 1);
      frozen.push(reserved === -1 ? 0 : 1);
      // A character that is not a piece has no symbol and never merges.
      ids.push(this.#symbols.get(text.slice(at, end)) ?? 0x7fffffff);
      bounds.push(end);
      at = end;
    }
    const dropout = sampling === undefined
      ? undefined
      : { skip: () => sampling.random() < sampling.alpha, reinsert: false };
    const halves = new Map<string, number>();
    const seen = this.#unused.size === 0
      ? undefined
      : (left: number, middle: number, end: number, merged: number) => {
        if (this.#unused.has(merged)) {
          halves.set(
            text.slice(bounds[left], bounds[end]),
            bounds[middle] - bounds[left],
          );
        }
      };
    const mask = this.#userDefined === undefined ? undefined : Uint8Array.from(frozen);
    const merged = mergeSymbols(ids, this.#merges, mask, dropout, seen);
    const ends: number[] = [];
    let at = 0;
    for (const count of merged.counts) {
      const start = bounds[at];
      at += count;
      this.#takeApart(text, start, bounds[at], halves, ends);
    }
    return ends;
  }

  /** Splits an UNUSED piece into the two pieces it was last merged from, recursively. */
  #takeApart(text: string, start: number, end: number, halves: Map<string, number>, ends: number[]): void {
    const piece = halves.size === 0 ? "" : text.slice(start, end);
    const half = halves.get(piece);
    if (half === undefined || !this.#unused.has(this.#symbols.get(piece) ?? -1)) ends.push(end);
    else {
      this.#takeApart(text, start, start + half, halves, ends);
      this.#takeApart(text, start + half, end, halves, ends);
    }
  }
}

function isMergeable(type: number): boolean {
  return type === PieceType.normal || type === PieceType.userDefined || type === PieceType.unused;
}

/** Rank of each piece by descending score; equal scores share a rank. */
function scoreRanks(file: SentencePieceFile): Int32Array {
  const scores = [...new Set(file.pieces.map((piece) => piece.score))].sort((a, b) => b - a);
  const rank = new Map(scores.map((score, index) => [score, index]));
  return Int32Array.from(file.pieces, (piece) => rank.get(piece.score) as number);
}
