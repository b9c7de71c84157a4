import type { TensorInfo } from "../tensors/types.ts";

const LINEAR = /(?:^|\.)layers\.\d+\.(?:self_attn\.[qkvo]_proj|mlp\.(?:gate|up|down)_proj)\.weight$/;

/** True for a linear weight of a decoder layer; heads and embeddings do not count. */
export function isLinear({ name, shape }: TensorInfo): boolean {
  return LINEAR.test(name) && shape.length === 2;
}

/**
 * True if int4 quantization converts this tensor: a linear weight of a decoder layer whose column count is a multiple
 * of the group size. All others (lm_head, embeddings, `score`, `qa_outputs`, norms, biases) are unchanged.
 */
export function isQuantizable(tensor: TensorInfo, groupSize: number): boolean {
  return isLinear(tensor) && tensor.shape[1] > 0 && tensor.shape[1] % groupSize === 0;
}
