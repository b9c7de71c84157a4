import { columnGroupsOf, groupSizeOf, type Int4Module, scaleDtypeOf } from "./int4_module.ts";
import type { Int4Source } from "./int4_source.ts";

/** Zero point of a symmetric module: codes are stored as signed numbers + 8. */
const MIDDLE = 8;

/**
 * Source of a compressed-tensors `pack-quantized` module: `weight_packed` I32 [rows, columns / 8], the lowest column in
 * the lowest bits; `weight_scale` [rows, groups]; if asymmetric, `weight_zero_point` I32 [rows / 8, groups], the lowest
 * row in the lowest bits; if columns are grouped by activation order, `weight_g_idx` I32 [columns].
 *
 * @param mayBeSymmetric true if zero points are optional
 * @throws DataError if tensors are missing or do not match
 */
export async function compressedTensorsSource(
  module: Int4Module,
  mayBeSymmetric: boolean,
): Promise<Int4Source> {
  const packed = module.need("weight_packed", ["I32"], ["any", "any"]);
  const [rows, words] = packed.shape;
  const columns = words * 8;
  await checkShape(module, rows, columns);
  const scale = module.need("weight_scale", ["F16", "BF16"], [rows, "any"]);
  const groups = scale.shape[1];
  const groupSize = groupSizeOf(module, scale, columns, groups);
  const points = mayBeSymmetric && module.optional("weight_zero_point") === undefined
    ? undefined
    : module.need("weight_zero_point", ["I32"], [Math.ceil(rows / 8), groups]);
  const columnGroups = await columnGroupsOf(module, "weight_g_idx", columns, groups);

  /** Zero points of some rows; each word holds those of eight rows. */
  const readPoints = async (firstRow: number, count: number): Promise<Uint16Array> => {
    const zeros = new Uint16Array(count * groups).fill(MIDDLE);
    if (points === undefined) return zeros;
    const first = Math.floor(firstRow / 8);
    const last = Math.ceil((firstRow + count) / 8);
    const bytes = await module.bytes(points, first * groups * 4, (last - first) * groups * 4);
    const packedPoints = new Uint32Array(bytes.buffer);
    for (let i = 0; i < zeros.length; i++) {
      const row = firstRow + Math.floor(i / groups);
      const word = packedPoints[(Math.floor(row / 8) - first) * groups + i % groups];
      zeros[i] = word >>> 4 * (row % 8) & 15;
    }
    return zeros;
  };
  return {
    name: module.name,
    shape: [rows, columns],
    groupSize,
    scaleDtype: scaleDtypeOf(scale),
    zeroKind: "point",
    columnGroups,
    read: async (firstRow, count) => ({
      rows: count,
      // Eight codes per little-endian word: each byte holds two codes, in order.
      codes: await module.bytes(packed, firstRow * words * 4, count * words * 4),
      scales: await module.floats(scale, firstRow * groups, count * groups),
      zeros: await readPoints(firstRow, count),
    }),
  };
}

/** Checks `weight_shape` against the packed tensor; a column count that ends inside a word is not supported. */
async function checkShape(module: Int4Module, rows: number, columns: number): Promise<void> {
  if (module.optional("weight_shape") === undefined) return;
  const tensor = module.need("weight_shape", ["I64", "I32"], [2]);
  const { buffer } = await module.bytes(tensor);
  const shape = Array.from(
    tensor.dtype === "I64" ? new BigInt64Array(buffer) : new Int32Array(buffer),
    Number,
  );
  if (shape[0] === rows && shape[1] === columns) return;
  module.fail(tensor, `expected [${rows}, ${columns}] as packed, got [${shape.join(", ")}]`);
}
