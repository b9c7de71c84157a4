import { columnGroupsOf, groupSizeOf, type Int4Module, scaleDtypeOf } from "./int4_module.ts";
import type { Int4Rows, Int4Source } from "./int4_source.ts";
import type { TensorInfo } from "../tensors/types.ts";

/** Up to this many matrices can be read alternately (e.g. gate_proj and up_proj) without transposing anything twice. */
const MAX_BANDS = 3;

/** Words of adjacent columns of a packed matrix, and the destination of their codes. */
export interface Slab {
  /** Lines of the file, [lines, wordsPerLine]. */
  readonly words: Uint32Array;
  readonly wordsPerLine: number;
  /** A multiple of 8 columns, starting at `firstColumn`. */
  readonly firstColumn: number;
  readonly columns: number;
  /** Requested rows; multiples of 8. */
  readonly firstRow: number;
  readonly rows: number;
  /** [rows, columnWords]: eight codes per word, the lowest column in the lowest bits. */
  readonly into: Uint32Array;
  readonly columnWords: number;
}

/** Differences between GPTQ and AWQ. */
export interface ColumnPacking {
  /** Columns per line of qweight. */
  readonly columnsPerLine: 1 | 8;
  /** Position in a word of qzeros, in units of 4 bits, of each of eight adjacent rows. */
  readonly zeroPlaces: readonly number[];
  /** Added to a stored zero point. */
  readonly zeroOffset: number;
  /** Transposes a slab's codes. */
  readonly unpack: (slab: Slab) => void;
}

/**
 * Source of a module whose codes are stored column by column: `qweight` I32, `qzeros` I32 [groups, rows / 8], `scales`
 * [groups, rows], and optionally `g_idx` I32 [columns].
 *
 * @throws DataError if tensors are missing or do not match
 */
export async function columnPackedSource(
  module: Int4Module,
  packing: ColumnPacking,
  bands: RecentBands,
): Promise<Int4Source> {
  const { columnsPerLine } = packing;
  const weight = module.need("qweight", ["I32"], ["any", "any"]);
  const columns = weight.shape[0] * columnsPerLine;
  const rows = weight.shape[1] * 8 / columnsPerLine;
  if (rows % 8 !== 0) module.fail(weight, `${rows} rows are unsupported, expected a multiple of 8`);
  const scales = module.need("scales", ["F16", "BF16"], ["any", rows]);
  const groups = scales.shape[0];
  const zeros = module.need("qzeros", ["I32"], [groups, rows / 8]);
  const groupSize = groupSizeOf(module, scales, columns, groups);
  const columnGroups = await columnGroupsOf(module, "g_idx", columns, groups);
  const matrix: PackedMatrix = { module, packing, weight, zeros, scales, rows, columns, groups };
  return {
    name: module.name,
    shape: [rows, columns],
    groupSize,
    scaleDtype: scaleDtypeOf(scales),
    zeroKind: "point",
    columnGroups,
    async read(firstRow, count) {
      const band = await bands.get(matrix, firstRow, count);
      const from = firstRow - band.firstRow;
      const part = <T extends { subarray(begin: number, end: number): T }>(array: T, width: number): T =>
        array.subarray(from * width, (from + count) * width);
      return {
        rows: count,
        codes: part(band.codes, columns / 2),
        scales: part(band.scales, groups),
        zeros: part(band.zeros, groups),
      };
    },
  };
}

interface PackedMatrix {
  readonly module: Int4Module;
  readonly packing: ColumnPacking;
  readonly weight: TensorInfo;
  readonly zeros: TensorInfo;
  readonly scales: TensorInfo;
  readonly rows: number;
  readonly columns: number;
  readonly groups: number;
}

interface Band extends Int4Rows {
  readonly firstRow: number;
}

/** The most recently transposed bands of rows; a reader that goes row by row finds its next rows here. */
export class RecentBands {
  /**
   * Starts without bands.
   * @param bandBytes bytes of codes transposed at a time; more only if a request is larger
   * @param slabBytes bytes read at a time
   */
  constructor(readonly bandBytes: number = 16 * 2 ** 20, readonly slabBytes: number = 4 * 2 ** 20) {}

  #bands: {
    readonly matrix: PackedMatrix;
    readonly firstRow: number;
    readonly end: number;
    band: Promise<Band>;
  }[] = [];

  /** Returns a band that contains these rows. */
  get(matrix: PackedMatrix, firstRow: number, rows: number): Promise<Band> {
    const found = this.#bands.find((it) =>
      it.matrix === matrix && it.firstRow <= firstRow && firstRow + rows <= it.end
    );
    if (found !== undefined) {
      this.#bands = [found, ...this.#bands.filter((it) => it !== found)];
      return found.band;
    }
    const begin = Math.floor(firstRow / 8) * 8;
    const least = Math.ceil((firstRow + rows) / 8) * 8;
    const ample = begin + Math.floor(this.bandBytes / (matrix.columns / 2) / 8) * 8;
    const end = Math.min(matrix.rows, Math.max(least, ample));
    const made = { matrix, firstRow: begin, end, band: readBand(matrix, begin, end - begin, this.slabBytes) };
    // The reader is past the matrix's earlier band.
    this.#bands = [made, ...this.#bands.filter((it) => it.matrix !== matrix)].slice(0, MAX_BANDS);
    return made.band;
  }
}

/** Reads all of qweight once, slab by slab, and keeps the codes of the requested rows. */
async function readBand(
  matrix: PackedMatrix,
  firstRow: number,
  rows: number,
  slabBytes: number,
): Promise<Band> {
  const { module, packing, weight, columns } = matrix;
  const columnWords = columns / 8;
  const into = new Uint32Array(rows * columnWords);
  const wordsPerLine = weight.shape[1];
  const columnsPerSlab = Math.max(
    8,
    Math.floor(slabBytes * packing.columnsPerLine / wordsPerLine / 4 / 8) * 8,
  );
  for (let firstColumn = 0; firstColumn < columns; firstColumn += columnsPerSlab) {
    const count = Math.min(columnsPerSlab, columns - firstColumn);
    const lineBytes = wordsPerLine * 4 / packing.columnsPerLine;
    const bytes = await module.bytes(weight, firstColumn * lineBytes, count * lineBytes);
    const words = new Uint32Array(bytes.buffer);
    packing.unpack({ words, wordsPerLine, firstColumn, columns: count, firstRow, rows, into, columnWords });
  }
  return {
    firstRow,
    rows,
    codes: new Uint8Array(into.buffer),
    scales: transpose(await module.floats(matrix.scales), matrix, firstRow, rows),
    zeros: await readZeros(matrix, firstRow, rows),
  };
}

/** Transposes [groups, all rows] to [some rows, groups]. */
function transpose(values: Uint16Array, matrix: PackedMatrix, firstRow: number, rows: number): Uint16Array {
  const { groups } = matrix;
  const turned = new Uint16Array(rows * groups);
  for (let group = 0; group < groups; group++) {
    const from = group * matrix.rows + firstRow;
    for (let row = 0; row < rows; row++) turned[row * groups + group] = values[from + row];
  }
  return turned;
}

async function readZeros(matrix: PackedMatrix, firstRow: number, rows: number): Promise<Uint16Array> {
  const { groups, module, packing: { zeroPlaces, zeroOffset } } = matrix;
  const words = new Uint32Array((await module.bytes(matrix.zeros)).buffer);
  const zeros = new Uint16Array(rows * groups);
  for (let group = 0; group < groups; group++) {
    const from = group * matrix.rows / 8;
    for (let row = 0; row < rows; row++) {
      const word = words[from + (firstRow + row >> 3)];
      zeros[row * groups + group] = (word >>> 4 * zeroPlaces[row % 8] & 15) + zeroOffset;
    }
  }
  return zeros;
}
