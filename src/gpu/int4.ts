import { type Int4Format, int4Units, type Matrix, rowBytes } from "./matrix.ts";

/** Rows in 4 bits as read from a source. */
export interface Int4Values {
  readonly rows: number;
  /** [rows, columns / 2 rounded up], two codes per byte, the even column in the low half. */
  readonly codes: Uint8Array;
  /** [rows, groups], bits of float16 or bfloat16 numbers. */
  readonly scales: Uint16Array;
  /** [rows, groups], bits of bfloat16 numbers, or integers. */
  readonly zeros: Uint16Array;
}

/** Destination of rows. */
export interface Int4Place {
  /** Adjacent rows of the matrix as stored, starting at a multiple of 64. */
  readonly into: Uint8Array<ArrayBuffer>;
  /** Row i is written to row `to + i · step` of these. */
  readonly to: number;
  readonly step: number;
  /** Set if columns are not in group order: place i holds column `order[i]`. */
  readonly order?: Uint32Array;
}

/** Layout of a 4-bit matrix. */
export interface Int4Layout extends Pick<Matrix, "columns" | "lineRows"> {
  readonly format: Int4Format;
}

/**
 * Packs rows in 4 bits as a matrix stores them (kernels/linear/weights_int4.wgsl): in a unit of 32 columns,
 * column 4 k + n is stored in bits 4 k to 4 k + 3 of word n, so that one mask extracts the codes of four
 * adjacent columns.
 */
export function packInt4(
  { columns, format, lineRows }: Int4Layout,
  { rows, codes, scales, zeros }: Int4Values,
  { into, to, step, order }: Int4Place,
): void {
  const words = new Uint32Array(into.buffer, into.byteOffset, into.length >> 2);
  const bytes = Math.ceil(columns / 2);
  const units = int4Units(columns);
  const groups = Math.ceil(columns / format.groupSize);
  // A row's codes as words, copied if necessary.
  const asWords = !order && bytes % 16 === 0 && codes.byteOffset % 4 === 0;
  const row32 = asWords
    ? new Uint32Array(codes.buffer, codes.byteOffset, codes.length >> 2)
    : new Uint32Array(units * 4);
  const row8 = new Uint8Array(row32.buffer);
  // Strides in words: from one line to the next, and from one unit of a row to the next.
  const line = rowBytes(columns, format) * lineRows >> 2;
  const next = 4 * lineRows;
  for (let row = 0; row < rows; row++) {
    const place = to + row * step;
    const at = lineRows === 1 ? place * line : ((place >> 6) * 8 + (place & 7)) * line + (place >> 3 & 7) * 4;
    if (!asWords) {
      const rowCodes = codes.subarray(row * bytes, (row + 1) * bytes);
      if (order) reorder(rowCodes, order, row8);
      else row8.set(rowCodes);
    }
    packUnits(row32, asWords ? row * units * 4 : 0, units, words, at, next);
    for (let group = 0; group < groups; group++) {
      const from = row * groups + group;
      words[at + (units + (group >> 2)) * next + (group & 3)] = scales[from] | zeros[from] << 16;
    }
  }
}

/** Packs a row's units: four code words each, `next` words apart. */
function packUnits(
  codes: Uint32Array,
  from: number,
  units: number,
  words: Uint32Array,
  at: number,
  next: number,
): void {
  for (let u = 0; u < units; u++, from += 4, at += next) {
    const a = paired(codes[from]);
    const b = paired(codes[from + 1]);
    const c = paired(codes[from + 2]);
    const d = paired(codes[from + 3]);
    // Byte n of each goes to word n.
    const evenAb = a & 0x00ff00ff | (b & 0x00ff00ff) << 8;
    const oddAb = a >>> 8 & 0x00ff00ff | b & 0xff00ff00;
    const evenCd = c & 0x00ff00ff | (d & 0x00ff00ff) << 8;
    const oddCd = c >>> 8 & 0x00ff00ff | d & 0xff00ff00;
    words[at] = evenAb & 0xffff | evenCd << 16;
    words[at + 1] = oddAb & 0xffff | oddCd << 16;
    words[at + 2] = evenAb >>> 16 | evenCd & 0xffff0000;
    words[at + 3] = oddAb >>> 16 | oddCd & 0xffff0000;
  }
}

/** Interleaves eight codes: codes n and n + 4 share byte n. */
function paired(word: number): number {
  let low = word & 0xffff;
  let high = word >>> 16;
  low = (low | low << 8) & 0x00ff00ff;
  high = (high | high << 8) & 0x00ff00ff;
  low = (low | low << 4) & 0x0f0f0f0f;
  high = (high | high << 4) & 0x0f0f0f0f;
  return low | high << 4;
}

/** Reorders a row's codes: column `order[i]` moves to place i. */
function reorder(codes: Uint8Array, order: Uint32Array, into: Uint8Array): void {
  into.fill(0);
  for (let i = 0; i < order.length; i++) {
    const code = codes[order[i] >> 1] >> (4 * (order[i] & 1)) & 15;
    into[i >> 1] |= code << (4 * (i & 1));
  }
}
