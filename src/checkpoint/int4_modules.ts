import type { TensorInfo } from "./types.ts";

/** Linear maps of the decoder layers; heads and embeddings are never converted. */
const LINEAR = /(?:^|\.)layers\.\d+\.(?:self_attn\.[qkvo]_proj|mlp\.(?:gate|up|down)_proj)\.weight$/;

/**
 * Whether int4 quantization converts this tensor: a linear weight of a decoder layer whose columns the group divides.
 * All others (lm_head, embeddings, `score`, `qa_outputs`, norms, biases) stay as they are.
 */
export function isQuantizable({ name, shape }: TensorInfo, groupSize: number): boolean {
  return LINEAR.test(name) && shape.length === 2 && shape[1] > 0 && shape[1] % groupSize === 0;
}
