import { columnPackedSource, type RecentBands, type Slab } from "./column_packed.ts";
import type { Int4Module } from "./int4_module.ts";
import type { Int4Source } from "./int4_source.ts";

/** Position in a word, in units of 4 bits, of each of eight adjacent rows: even rows first. */
const PLACES = [0, 4, 1, 5, 2, 6, 3, 7];

/**
 * Source of an AWQ (`gemm`) module: `qweight` I32 [columns, rows / 8] and `qzeros` with eight rows per word, in the
 * order 0, 2, 4, 6, 1, 3, 5, 7.
 *
 * @throws DataError if tensors are missing or do not match
 */
export function awqSource(module: Int4Module, bands: RecentBands): Promise<Int4Source> {
  return columnPackedSource(module, { columnsPerLine: 1, zeroPlaces: PLACES, zeroOffset: 0, unpack }, bands);
}

/** Columns transposed together: their input and output fit in the CPU cache. */
const TILE = 64;

/** Transposes blocks of 8 × 8: the words of eight columns become the words of eight rows. */
function unpack(
  { words, wordsPerLine, firstColumn, columns, firstRow, rows, into, columnWords }: Slab,
): void {
  const block = new Uint32Array(8);
  for (let tile = 0; tile < columns; tile += TILE) {
    const end = Math.min(columns, tile + TILE);
    for (let row = 0; row < rows; row += 8) {
      for (let column = tile; column < end; column += 8) {
        const from = column * wordsPerLine + (firstRow + row) / 8;
        for (let i = 0; i < 8; i++) block[i] = words[from + i * wordsPerLine];
        transposeBlock(block);
        const to = row * columnWords + (firstColumn + column) / 8;
        for (let i = 0; i < 8; i++) into[to + i * columnWords] = block[PLACES[i]];
      }
    }
  }
}

/** Transposes eight words of eight 4-bit numbers each: swaps halves, then quarters, then neighbors. */
function transposeBlock(block: Uint32Array): void {
  for (const [distance, mask] of STEPS) {
    const shift = 4 * distance;
    for (let i = 0; i < 8; i = (i + distance + 1) & ~distance) {
      const high = (block[i] >>> shift ^ block[i + distance]) & mask;
      block[i + distance] ^= high;
      block[i] ^= high << shift;
    }
  }
}

const STEPS = [[4, 0x0000ffff], [2, 0x00ff00ff], [1, 0x0f0f0f0f]] as const;
