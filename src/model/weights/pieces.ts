import type { Int4Source } from "../../checkpoint/int4/int4_source.ts";
import type { TensorInfo } from "../../checkpoint/tensors/types.ts";

/** Where rows of a matrix come from: a tensor of floats, or a module in 4 bits. */
export type RowSource = TensorInfo | Int4Source;

/** Whether rows come in 4 bits. */
export function isInt4Source(source: RowSource): source is Int4Source {
  return "read" in source;
}

/** Neighbouring rows of a source. */
export interface Run {
  readonly source: RowSource;
  readonly row: number;
}

/**
 * Some rows of a matrix, and where they come from: one run, or two runs taken in turns (so that rows which are needed
 * together follow each other; where they stand is another question, see `placeOf`).
 */
export interface Band {
  /** Rows of each run. */
  readonly count: number;
  readonly runs: readonly [Run] | readonly [Run, Run];
}

/** Rows of a source on their way: row `row + i` goes to row `to + i · step` of the piece. */
export interface Segment {
  readonly source: RowSource;
  readonly row: number;
  readonly count: number;
  readonly to: number;
  readonly step: number;
}

/** Neighbouring rows of a matrix that travel together. */
export interface Piece {
  readonly firstRow: number;
  readonly rows: number;
  readonly segments: readonly Segment[];
}

/** Rows of all bands together. */
export function rowsOf(bands: readonly Band[]): number {
  return bands.reduce((sum, { count, runs }) => sum + count * runs.length, 0);
}

/** How far apart the rows of a pair stand if the runs of each band follow each other; 1 where that is not one figure. */
export function pairsApart(bands: readonly Band[]): number {
  const [{ count }] = bands;
  return bands.every((band) => band.runs.length === 2 && band.count === count) ? count : 1;
}

/** The same rows, the runs of a band not in turns but one after another, and joined where they are one in their source. */
export function oneAfterAnother(bands: readonly Band[]): Band[] {
  const joined: { count: number; runs: [Run] }[] = [];
  for (const { count, runs } of bands) {
    for (const run of runs) {
      const last = joined.at(-1);
      if (last?.runs[0].source === run.source && last.runs[0].row + last.count === run.row) {
        last.count += count;
      } else joined.push({ count, runs: [run] });
    }
  }
  return joined;
}

/** Cuts bands into pieces of at most `most` rows (two where rows come in turns), one when the last is done with. */
export function* piecesOf(bands: readonly Band[], most: number): Generator<Piece> {
  let segments: Segment[] = [];
  let firstRow = 0;
  let rows = 0;
  for (const { count, runs } of bands) {
    for (let done = 0; done < count;) {
      const room = Math.floor((most - rows) / runs.length);
      if (room < 1 && rows > 0) {
        yield { firstRow, rows, segments };
        firstRow += rows;
        [rows, segments] = [0, []];
        continue;
      }
      const taken = Math.min(count - done, Math.max(room, 1));
      for (const [turn, { source, row }] of runs.entries()) {
        segments.push({ source, row: row + done, count: taken, to: rows + turn, step: runs.length });
      }
      rows += taken * runs.length;
      done += taken;
    }
  }
  if (rows > 0) yield { firstRow, rows, segments };
}

/** The rows that a piece wants of each of its sources: what it reads, and in one go. */
export function rangesOf({ segments }: Piece): Map<RowSource, { row: number; count: number }> {
  const ranges = new Map<RowSource, { row: number; count: number }>();
  for (const { source, row, count } of segments) {
    const known = ranges.get(source);
    const begin = Math.min(row, known?.row ?? row);
    const end = Math.max(row + count, known ? known.row + known.count : 0);
    ranges.set(source, { row: begin, count: end - begin });
  }
  return ranges;
}
