import type { BufferPool } from "./buffer_pool.ts";

/** Adjacent rows of a 4-bit matrix. Weight w at (r, c) in group g has the code q, 0 to 15. */
export interface Int4Rows {
  readonly rows: number;
  /** Row-major, two codes per byte, the even column in the low half: rows · columns / 2 bytes. */
  readonly codes: Uint8Array;
  /** [rows, groups], bits of float16 or bfloat16 numbers. */
  readonly scales: Uint16Array;
  /**
   * [rows, groups]. Kind "value": bits of bfloat16 numbers, w = (q − 8) · scale + zero, as in torchao. Kind "point":
   * integers 0 to 16, w = (q − zero) · scale, as in GPTQ, AWQ and compressed-tensors.
   */
  readonly zeros: Uint16Array;
}

/** A matrix in 4 bits, or to be quantized; read row by row, so that a whole matrix is never in memory. */
export interface Int4Source {
  /** The module's name in the checkpoint, without `.weight`. */
  readonly name: string;
  readonly shape: readonly [rows: number, columns: number];
  /** Columns that share a scale; divides the number of columns. */
  readonly groupSize: number;
  readonly scaleDtype: "float16" | "bfloat16";
  readonly zeroKind: "value" | "point";
  /** Group of each column (GPTQ's g_idx), if it is not column / groupSize. */
  readonly columnGroups?: Uint32Array;
  /**
   * @param pool may provide memory for the result, which the last user gives back
   * @throws DataError that names the tensor, for values that are not valid weights
   */
  read(firstRow: number, rows: number, pool?: BufferPool): Promise<Int4Rows>;
}
