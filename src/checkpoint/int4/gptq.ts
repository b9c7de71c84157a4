import { type BandCache, columnPackedSource, type Slab } from "./column_packed.ts";
import type { Int4Module } from "./int4_module.ts";
import type { Int4Source } from "./int4_source.ts";

/**
 * A module of GPTQ: `qweight` I32 [columns / 8, rows], the lowest column in the lowest bits; `qzeros` with the lowest
 * row in the lowest bits; `g_idx` where it was quantized in the order of activations.
 *
 * @param zeroOffset 1 in the format's first version, which stores zero points less one
 * @throws DataError for tensors that are missing or do not fit together
 */
export function gptqSource(module: Int4Module, zeroOffset: 0 | 1, cache: BandCache): Promise<Int4Source> {
  const zeroPlaces = [0, 1, 2, 3, 4, 5, 6, 7];
  return columnPackedSource(module, { columnsPerLine: 8, zeroPlaces, zeroOffset, unpack }, cache);
}

/** Lines that are turned together: what they are read from and written to stays in the cache. */
const TILE = 8;

/** A word is already eight columns of a row: the matrix of words is transposed. */
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
