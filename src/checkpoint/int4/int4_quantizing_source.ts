import { DataError } from "../../base/errors.ts";
import { BufferPool } from "./buffer_pool.ts";
import { converter } from "../safetensors/convert.ts";
import { WEIGHT_BYTES, weightDtype } from "../tensors/dtypes.ts";
import type { Int4Source } from "./int4_source.ts";
import { quantizeTinygemm } from "./int4_tinygemm.ts";
import type { Checkpoint, TensorInfo } from "../tensors/types.ts";

/**
 * Source of a weight that is quantized while it is read; float32 and float16 are rounded to bfloat16 first.
 *
 * @param tensor `….weight`, [rows, columns]
 * @param groupSize divides the columns
 * @throws DataError for a dtype that is not a weight dtype
 */
export function quantizingSource(checkpoint: Checkpoint, tensor: TensorInfo, groupSize: number): Int4Source {
  const dtype = weightDtype(tensor);
  const [rows, columns] = tensor.shape;
  const rowBytes = columns * WEIGHT_BYTES[dtype];
  return {
    name: tensor.name.replace(/\.weight$/, ""),
    shape: [rows, columns],
    groupSize,
    scaleDtype: "bfloat16",
    zeroKind: "value",
    async read(firstRow, count, pool = new BufferPool()) {
      const weights = count * columns;
      const bytes = pool.take(count * rowBytes);
      await checkpoint.read(tensor, firstRow * rowBytes, bytes);
      converter(bytes, dtype, bytes, "bfloat16")(0, weights, 0);
      const halves = (count: number) => new Uint16Array(pool.take(count * 2).buffer, 0, count);
      const result = quantizeTinygemm(new Uint16Array(bytes.buffer, 0, weights), columns, groupSize, {
        codes: pool.take(weights / 2),
        scales: halves(weights / groupSize),
        zeros: halves(weights / groupSize),
      });
      pool.give(bytes);
      if ("codes" in result) return result;
      throw new DataError(
        `${tensor.file}: ${tensor.name}: row ${firstRow + result.row}, columns ${result.firstColumn} to ` +
          `${
            result.firstColumn + groupSize - 1
          }: expected finite numbers at most 3.4e38 apart to quantize, ` +
          "got an infinity, a NaN or a wider span",
      );
    },
  };
}
