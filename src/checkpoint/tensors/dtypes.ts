import { DataError } from "../../base/errors.ts";
import type { TensorInfo, WeightDtype } from "./types.ts";

/** Bits per element of each safetensors dtype. */
export const DTYPE_BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  U16: 16,
  I16: 16,
  F16: 16,
  BF16: 16,
  U32: 32,
  I32: 32,
  F32: 32,
  U64: 64,
  I64: 64,
  F64: 64,
  C64: 64,
};

const WEIGHT_DTYPES: Readonly<Record<string, WeightDtype>> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
};

/** safetensors' name of each storage type. */
export const SAFETENSORS_DTYPE = { float32: "F32", float16: "F16", bfloat16: "BF16" } as const;

/** Bytes per element of each storage type. */
export const WEIGHT_BYTES: Readonly<Record<WeightDtype, number>> = { float32: 4, float16: 2, bfloat16: 2 };

/**
 * The storage type of a weight that the model computes with.
 * @throws DataError "unsupported", naming file and tensor, for every other dtype
 */
export function weightDtype(tensor: TensorInfo): WeightDtype {
  const dtype = WEIGHT_DTYPES[tensor.dtype];
  if (dtype !== undefined) return dtype;
  throw new DataError(
    `${tensor.file}: ${tensor.name}: dtype ${tensor.dtype} is unsupported, expected F32, F16 or BF16`,
  );
}
