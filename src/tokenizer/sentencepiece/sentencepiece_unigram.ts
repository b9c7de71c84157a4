import type { Sampling, Segmenter } from "../models/segmenter.ts";
import { PieceType, type SentencePieceFile } from "./sentencepiece_file.ts";
import { Trie } from "../models/trie.ts";

const UNK_PENALTY = 10;
/** Scores beyond it are rebased, so that a long text loses little to rounding. */
const MOST_SCORE = 100_000;
const encoder = new TextEncoder();

/** A piece that matches between two positions of the text. */
interface Edge {
  start: number;
  end: number;
  /** Float32 log-probability. */
  score: number;
}

/** SentencePiece's unigram model: the most likely segmentation (in its float32 arithmetic), or a sampled one. */
export class SentencePieceUnigram implements Segmenter {
  #trie: Trie;
  #scores: Float64Array;
  #types: Uint8Array;
  #unkScore: number;

  constructor(file: SentencePieceFile) {
    const { normal, userDefined, unused } = PieceType;
    const usable = (type: number) => type === normal || type === userDefined || type === unused;
    this.#trie = new Trie(file.pieces.map((piece) => usable(piece.type) ? piece.text : undefined));
    this.#scores = Float64Array.from(file.pieces, (piece) => piece.score);
    this.#types = Uint8Array.from(file.pieces, (piece) => piece.type);
    let least = Infinity;
    for (const piece of file.pieces) {
      if (piece.type === normal) least = Math.min(least, piece.score);
    }
    this.#unkScore = Math.fround(least - UNK_PENALTY);
  }

  segment(text: string, sampling?: Sampling): number[] {
    if (sampling === undefined || sampling.nbestSize === 0 || sampling.nbestSize === 1) {
      return this.#best(text);
    }
    const edges = this.#edges(text);
    if (sampling.nbestSize < 0) return sampleAll(text.length, edges, sampling);
    return sampleBest(text.length, edges, sampling);
  }

  /**
   * Calls back with each piece that starts at a position, and the unknown piece if no piece is that single character.
   */
  #from(text: string, start: number, edge: (end: number, score: number) => void): number {
    const next = start + ((text.codePointAt(start) as number) > 0xffff ? 2 : 1);
    let single = false;
    this.#trie.walk(text, start, (end, id) => {
      if (this.#types[id] === PieceType.unused) return;
      let score = this.#scores[id];
      if (this.#types[id] === PieceType.userDefined) {
        // Score of sentencepiece 0.2.3, measured; older versions use the best score of all pieces for the first 0.1.
        score = Math.fround(0.1 * (encoder.encode(text.slice(start, end)).length - 1));
      }
      edge(end, score);
      if (end === next) single = true;
    });
    if (!single) edge(next, this.#unkScore);
    return next;
  }

  #best(text: string): number[] {
    const best = new Float32Array(text.length + 1);
    const from = new Int32Array(text.length + 1).fill(-1);
    let reach = 0;
    for (let start = 0; start < text.length;) {
      const base = best[start];
      if (Math.abs(base) > MOST_SCORE) { for (let end = start; end <= reach; end++) best[end] -= base; }
      const at = best[start];
      start = this.#from(text, start, (end, score) => {
        const sum = Math.fround(score + at);
        if (from[end] !== -1 && !(sum > best[end])) return;
        best[end] = sum;
        from[end] = start;
        reach = Math.max(reach, end);
      });
    }
    const ends: number[] = [];
    for (let end = text.length; end > 0; end = from[end]) ends.push(end);
    return ends.reverse();
  }

  #edges(text: string): Edge[] {
    const edges: Edge[] = [];
    for (let start = 0; start < text.length;) {
      const at = start;
      start = this.#from(text, at, (end, score) => edges.push({ start: at, end, score: Math.fround(score) }));
    }
    return edges;
  }
}

function addLogs(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return high === -Infinity ? high : high + Math.log1p(Math.exp(low - high));
}

function draw<T>(items: readonly T[], logWeight: (item: T) => number, random: () => number): T {
  const top = items.reduce((most, item) => Math.max(most, logWeight(item)), -Infinity);
  const weights = items.map((item) => Math.exp(logWeight(item) - top));
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let k = 0; k < items.length - 1; k++) {
    left -= weights[k];
    if (left < 0) return items[k];
  }
  return items[items.length - 1];
}

/** Forward filtering, backward sampling: a segmentation with probability proportional to exp(alpha · score). */
function sampleAll(length: number, edges: Edge[], { alpha, random }: Sampling): number[] {
  const forward = new Float64Array(length + 1).fill(-Infinity);
  forward[0] = 0;
  const into = new Map<number, Edge[]>();
  for (const edge of edges) {
    forward[edge.end] = addLogs(forward[edge.end], forward[edge.start] + alpha * edge.score);
    const list = into.get(edge.end);
    if (list === undefined) into.set(edge.end, [edge]);
    else list.push(edge);
  }
  const ends: number[] = [];
  for (let end = length; end > 0;) {
    ends.push(end);
    end = draw(into.get(end) ?? [], (edge) => forward[edge.start] + alpha * edge.score, random).start;
  }
  return ends.reverse();
}

/** One of the n most likely segmentations, with probability proportional to exp(alpha · score). */
function sampleBest(length: number, edges: Edge[], { nbestSize, alpha, random }: Sampling): number[] {
  type Path = { score: number; start: number; previous?: Path; end: number };
  const paths: Path[][] = Array.from({ length: length + 1 }, () => []);
  paths[0].push({ score: 0, start: 0, end: 0 });
  // Edges are ordered by start, so all paths to a start are complete at its first edge.
  for (const { start, end, score } of edges) {
    for (const previous of paths[start]) {
      paths[end].push({ score: previous.score + score, start, previous, end });
    }
    paths[end].sort((a, b) => b.score - a.score).splice(nbestSize);
  }
  const ends: number[] = [];
  let path: Path | undefined = draw(paths[length], (item) => alpha * item.score, random);
  for (; path !== undefined && path.end > 0; path = path.previous) ends.push(path.end);
  return ends.reverse();
}
