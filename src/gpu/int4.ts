import { type Int4Format, int4Units, type Matrix, rowBytes } from "./matrix.ts";

/** Rows in 4 bits as they come. */
export interface Int4Values {
  readonly rows: number;
  /** [rows, columns / 2 rounded up], two codes a byte, the even column in the low half. */
  readonly codes: Uint8Array;
  /** [rows, groups], bits of float16 or bfloat16 numbers. */
  readonly scales: Uint16Array;
  /** [rows, groups], bits of bfloat16 numbers or whole ones. */
  readonly zeros: Uint16Array;
}

/** Where rows go. */
export interface Int4Place {
  /** Neighbouring rows of the matrix as it stores them, from a multiple of 64 on. */
  readonly into: Uint8Array<ArrayBuffer>;
  /** Row i goes to row `to + i · step` of these. */
  readonly to: number;
  readonly step: number;
  /** Where columns do not stand in the order of their groups: place i takes column `order[i]`. */
  readonly order?: Uint32Array;
}

/** What must be known of a matrix in 4 bits. */
export interface Int4Layout extends Pick<Matrix, "columns" | "lineRows"> {
  readonly format: Int4Format;
}

/**
 * Packs rows in 4 bits as a matrix stores them (kernels/weights_int4.wgsl): in a unit of 32 columns, column 4 k + n
 * goes to bits 4 k to 4 k + 3 of word n, so that one mask finds the codes of four neighbours.
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
  const ordered = order && new Uint8Array(bytes);
  // A unit's 16 bytes as four words; the last unit of a row may be short.
  const unit = new Uint32Array(4);
  const unitBytes = new Uint8Array(unit.buffer);
  // In words: from one line to the next, and from one unit of a row to the next.
  const line = rowBytes(columns, format) / 4 * lineRows;
  const next = 4 * lineRows;
  for (let row = 0; row < rows; row++) {
    const place = to + row * step;
    const at = lineRows === 1 ? place * line : ((place >> 6) * 8 + (place & 7)) * line + (place >> 3 & 7) * 4;
    if (ordered) reorder(codes.subarray(row * bytes, (row + 1) * bytes), order, ordered);
    const source = ordered ?? codes;
    const first = ordered ? 0 : row * bytes;
    for (let u = 0; u < units; u++) {
      const from = first + u * 16;
      const length = Math.min(16, bytes - u * 16);
      if (length < 16) unit.fill(0);
      for (let i = 0; i < length; i++) unitBytes[i] = source[from + i];
      // An odd number of columns leaves half a byte, whose input is zero.
      const [a, b, c, d] = [unit[0], unit[1], unit[2], unit[3]];
      for (let n = 0; n < 4; n++) {
        const [low, high] = [4 * n, 4 * n + 16];
        words[at + u * next + n] = (a >>> low & 15) | (a >>> high & 15) << 4 |
          (b >>> low & 15) << 8 | (b >>> high & 15) << 12 |
          (c >>> low & 15) << 16 | (c >>> high & 15) << 20 |
          (d >>> low & 15) << 24 | (d >>> high & 15) << 28;
      }
    }
    for (let group = 0; group < groups; group++) {
      const from = row * groups + group;
      words[at + (units + (group >> 2)) * next + (group & 3)] = scales[from] | zeros[from] << 16;
    }
  }
}

/** Codes of a row, column `order[i]` at place i. */
function reorder(codes: Uint8Array, order: Uint32Array, into: Uint8Array): void {
  into.fill(0);
  for (let i = 0; i < order.length; i++) {
    const code = codes[order[i] >> 1] >> (4 * (order[i] & 1)) & 15;
    into[i >> 1] |= code << (4 * (i & 1));
  }
}
