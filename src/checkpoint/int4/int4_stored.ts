import { DataError } from "../../base/errors.ts";
import { parseQuantizationConfig, type QuantizationConfig } from "./quantization_config.ts";
import type { Checkpoint, TensorInfo } from "../tensors/types.ts";

/** The tensor that identifies the modules of each format. */
export const CODES: Readonly<Record<QuantizationConfig["method"], string>> = {
  tinygemm: "weight_packed",
  "compressed-tensors": "weight_packed",
  gptq: "qweight",
  awq: "qweight",
};
const PARTS = /\.(?:weight_(?:packed|scale|zero|zero_point|shape|g_idx)|qweight|qzeros|scales|g_idx)$/;

/** The 4-bit part of a checkpoint, from its headers only. */
export interface StoredInt4 {
  /** Number of weights in 4 bits. */
  readonly parameters: number;
  /** The tensors that hold them: codes, scales, zeros, orders. */
  readonly tensors: ReadonlySet<TensorInfo>;
}

/** Finds the tensors of all 4-bit modules; empty if the weights are plain or quantized in an unsupported way. */
export function storedInt4(
  checkpoint: Checkpoint,
  quantizationConfig: Readonly<Record<string, unknown>> | null,
): StoredInt4 {
  const tensors = new Set<TensorInfo>();
  let parameters = 0;
  const ending = codesOf(quantizationConfig);
  const moduleOf = (name: string) => name.replace(PARTS, "");
  const modules = new Set<string>();
  for (const { name, dtype, shape } of checkpoint.tensors.values()) {
    if (ending === undefined || !name.endsWith(ending)) continue;
    parameters += shape.reduce((product, size) => product * size, dtype === "U8" ? 2 : 8);
    modules.add(moduleOf(name));
  }
  for (const tensor of checkpoint.tensors.values()) {
    if (PARTS.test(tensor.name) && modules.has(moduleOf(tensor.name))) tensors.add(tensor);
  }
  return { parameters, tensors };
}

function codesOf(quantizationConfig: Readonly<Record<string, unknown>> | null): string | undefined {
  if (quantizationConfig === null) return undefined;
  try {
    return `.${CODES[parseQuantizationConfig(quantizationConfig, "").method]}`;
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
