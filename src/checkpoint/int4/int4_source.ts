import type { BufferPool } from "./buffer_pool.ts";

/** Some neighbouring rows of a matrix in 4 bits. Weight (r, c) of group g has the code q, 0 to 15. */
export interface Int4Rows {
  readonly rows: number;
  /** Row-major, two codes a byte, the even column in the low half: rows · columns / 2 bytes. */
  readonly codes: Uint8Array;
  /** [rows, groups], the bits of float16 or bfloat16 numbers. */
  readonly scales: Uint16Array;
  /**
   * [rows, groups]. Kind "value": bits of bfloat16 numbers, w = (q − 8) · scale + zero, as torchao has it. Kind
   * "point": whole numbers 0 to 16, w = (q − zero) · scale, as GPTQ, AWQ and compressed-tensors have it.
   */
  readonly zeros: Uint16Array;
}

/** A matrix that is, or is to be, in 4 bits; read row by row, so that no whole matrix is ever held. */
export interface Int4Source {
  /** The module's name in the checkpoint, without `.weight`. */
  readonly name: string;
  readonly shape: readonly [rows: number, columns: number];
  /** Columns that share a scale; divides the columns. */
  readonly groupSize: number;
  readonly scaleDtype: "float16" | "bfloat16";
  readonly zeroKind: "value" | "point";
  /** Group of each column (GPTQ's g_idx), where that is not column / groupSize. */
  readonly columnGroups?: Uint32Array;
  /**
   * @param pool may lend room for the result, which whoever is done with it gives back
   * @throws DataError that names the tensor, for values that are no weights
   */
  read(firstRow: number, rows: number, pool?: BufferPool): Promise<Int4Rows>;
}
