import { DataError } from "../../base/errors.ts";
import type { Checkpoint, TensorInfo } from "../tensors/types.ts";

/** The tensors of one module that a checkpoint stores in 4 bits. */
export class Int4Module {
  constructor(readonly checkpoint: Checkpoint, readonly name: string) {}

  /** Returns a tensor of the module; undefined if there is none. */
  optional(part: string): TensorInfo | undefined {
    return this.checkpoint.tensors.get(`${this.name}.${part}`);
  }

  /**
   * Returns a tensor of the module after checking its dtype and its rank or shape.
   * @throws DataError if it is missing or does not match
   */
  need(part: string, dtypes: readonly string[], shape: readonly (number | "any")[]): TensorInfo {
    const tensor = this.optional(part);
    if (tensor === undefined) {
      throw new DataError(
        `${this.checkpoint.files[0]}: ${this.name}.${part}: no such tensor, but others of it are`,
      );
    }
    if (!dtypes.includes(tensor.dtype)) {
      this.fail(tensor, `dtype ${tensor.dtype} is unsupported, expected ${dtypes.join(" or ")}`);
    }
    const fits = tensor.shape.length === shape.length &&
      tensor.shape.every((size, i) => size > 0 && (shape[i] === "any" || shape[i] === size));
    if (!fits) this.fail(tensor, `expected shape [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`);
    return tensor;
  }

  /** Throws a DataError that names the tensor. */
  fail(tensor: TensorInfo, problem: string): never {
    throw new DataError(`${tensor.file}: ${tensor.name}: ${problem}`);
  }

  /** Reads bytes of a tensor; default: all. */
  async bytes(tensor: TensorInfo, begin = 0, length = tensor.bytes): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    await this.checkpoint.read(tensor, begin, bytes);
    return bytes;
  }

  /** Reads 16-bit floats of a tensor as raw bits; `begin` and `count` are in elements. */
  async floats(tensor: TensorInfo, begin = 0, count = tensor.bytes / 2): Promise<Uint16Array<ArrayBuffer>> {
    const bits = new Uint16Array((await this.bytes(tensor, begin * 2, count * 2)).buffer);
    const exponent = tensor.dtype === "F16" ? 0x7c00 : 0x7f80;
    const bad = bits.findIndex((it) => (it & exponent) === exponent);
    if (bad !== -1) {
      this.fail(tensor, `element ${begin + bad}: expected a finite number, got an infinity or a NaN`);
    }
    return bits;
  }
}

/** Maps a tensor's dtype, F16 or BF16, to its name in `Int4Source.scaleDtype`. */
export function scaleDtypeOf(tensor: TensorInfo): "float16" | "bfloat16" {
  return tensor.dtype === "F16" ? "float16" : "bfloat16";
}

/**
 * Columns per group.
 * @param scale the tensor that an error names
 * @throws DataError unless this is a multiple of 32, or all columns
 */
export function groupSizeOf(module: Int4Module, scale: TensorInfo, columns: number, groups: number): number {
  const size = columns / groups;
  if (groups === 1 || size % 32 === 0) return size;
  return module.fail(
    scale,
    `${groups} groups for ${columns} columns are unsupported, expected 1 or groups of a multiple of 32 columns`,
  );
}

/**
 * Reads the group of each column.
 * @returns undefined if it is column / group size, as without such a tensor
 * @throws DataError for a group out of range
 */
export async function columnGroupsOf(
  module: Int4Module,
  part: string,
  columns: number,
  groups: number,
): Promise<Uint32Array | undefined> {
  if (module.optional(part) === undefined) return undefined;
  const tensor = module.need(part, ["I32"], [columns]);
  const stored = new Int32Array((await module.bytes(tensor)).buffer);
  // compressed-tensors fills it with −1 as long as there is no order.
  if (stored.every((group) => group === -1)) return undefined;
  const bad = stored.findIndex((group) => group < 0 || group >= groups);
  if (bad !== -1) {
    module.fail(tensor, `element ${bad}: expected a group from 0 to ${groups - 1}, got ${stored[bad]}`);
  }
  const each = columns / groups;
  if (stored.every((group, column) => group === Math.floor(column / each))) return undefined;
  return Uint32Array.from(stored);
}
