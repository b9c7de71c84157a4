import type { TensorInfo } from "../tensors/types.ts";

const LINEAR = /(?:^|\.)layers\.\d+\.(?:self_attn\.[qkvo]_proj|mlp\.(?:gate|up|down)_proj)\.weight$/;

/** Whether this is a linear weight of a decoder layer; heads and embeddings are none. */
export function isLinear({ name, shape }: TensorInfo): boolean {
  return LINEAR.test(name) && shape.length === 2;
}

/**
 * Whether int4 quantization converts this tensor: a linear weight of a decoder layer whose columns the group divides.
 * All others (lm_head, embeddings, `score`, `qa_outputs`, norms, biases) stay as they are.
 */
export function isQuantizable(tensor: TensorInfo, groupSize: number): boolean {
  return isLinear(tensor) && tensor.shape[1] > 0 && tensor.shape[1] % groupSize === 0;
}
