import type { Int4Source } from "../../checkpoint/int4/int4_source.ts";
import type { TensorInfo } from "../../checkpoint/tensors/types.ts";

/** Source of a matrix's rows: a tensor of floats, or a module in 4 bits. */
export type RowSource = TensorInfo | Int4Source;

/** True if the rows are in 4 bits. */
export function isInt4Source(source: RowSource): source is Int4Source {
  return "read" in source;
}

/** Adjacent rows of a source. */
export interface Run {
  readonly source: RowSource;
  readonly row: number;
}

/**
 * Rows of a matrix and their source: one run, or two interleaved runs (so that rows needed together are
 * adjacent; their storage location is separate, see `placeOf`).
 */
export interface Band {
  /** Rows of each run. */
  readonly count: number;
  readonly runs: readonly [Run] | readonly [Run, Run];
}

/** Rows copied from a source: row `row + i` goes to row `to + i · step` of the piece. */
export interface Segment {
  readonly source: RowSource;
  readonly row: number;
  readonly count: number;
  readonly to: number;
  readonly step: number;
}

/** Adjacent rows of a matrix that are uploaded together. */
export interface Piece {
  readonly firstRow: number;
  readonly rows: number;
  readonly segments: readonly Segment[];
}

/** Total rows of all bands. */
export function rowsOf(bands: readonly Band[]): number {
  return bands.reduce((sum, { count, runs }) => sum + count * runs.length, 0);
}

/**
 * Distance between the rows of a pair if the runs of each band are stored consecutively; 1 if it is not
 * constant.
 */
export function pairsApart(bands: readonly Band[]): number {
  const [{ count }] = bands;
  return bands.every((band) => band.runs.length === 2 && band.count === count) ? count : 1;
}

/**
 * The same rows with the runs of each band consecutive instead of interleaved, and merged if adjacent in
 * their source.
 */
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

/** Cuts bands into pieces of at most `most` rows (two if rows are interleaved), yielding one at a time. */
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

/** The rows that a piece reads from each of its sources, in one contiguous range. */
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
