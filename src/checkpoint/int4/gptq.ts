import { columnPackedSource, type RecentBands, type Slab } from "./column_packed.ts";
import type { Int4Module } from "./int4_module.ts";
import type { Int4Source } from "./int4_source.ts";

/**
 * Source of a GPTQ module: `qweight` I32 [columns / 8, rows], the lowest column in the lowest bits; `qzeros` with the
 * lowest row in the lowest bits; `g_idx` if it was quantized in activation order.
 *
 * @param zeroOffset 1 in the format's first version, which stores zero points minus one
 * @throws DataError if tensors are missing or do not match
 */
export function gptqSource(module: Int4Module, zeroOffset: 0 | 1, bands: RecentBands): Promise<Int4Source> {
  const zeroPlaces = [0, 1, 2, 3, 4, 5, 6, 7];
  return columnPackedSource(module, { columnsPerLine: 8, zeroPlaces, zeroOffset, unpack }, bands);
}

/** Lines transposed together: their input and output fit in the CPU cache. */
const TILE = 8;

/** A word already holds eight columns of a row: only the matrix of words is transposed. */
function unpack(
  { words, wordsPerLine, firstColumn, columns, firstRow, rows, into, columnWords }: Slab,
): void {
  const lines = columns / 8;
  for (let tile = 0; tile < lines; tile += TILE) {
    const end = Math.min(lines, tile + TILE);
    for (let row = 0; row < rows; row++) {
      const to = row * columnWords + firstColumn / 8;
      for (let line = tile; line < end; line++) into[to + line] = words[line * wordsPerLine + firstRow + row];
    }
  }
}
