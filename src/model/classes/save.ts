import type { LinearWeights, LlamaWeights } from "../state/state.ts";
import { HIDDEN_ACTIVATIONS } from "../../checkpoint/config/activations.ts";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { convertWeights, fromFloat32 } from "../../checkpoint/safetensors/convert.ts";
import { SAFETENSORS_DTYPE } from "../../checkpoint/tensors/dtypes.ts";
import type { WeightDtype } from "../../checkpoint/tensors/types.ts";
import { type NewTensor, writeCheckpoint } from "../../checkpoint/safetensors/write.ts";
import {
  floatFormat,
  isInt4,
  type Matrix,
  placeOf,
  readRows,
  rowBytes,
  STORAGE_BYTES,
} from "../../gpu/matrix.ts";
import { readFloats } from "../../gpu/readback.ts";
import { DataError } from "../../base/errors.ts";
import { learnedNumbers } from "../weights/learned_activation.ts";
import type { LoadedModel } from "../weights/load.ts";
import { type HeadSpec, matricesOf, modelTensors } from "../weights/weights.ts";

/** Bytes converted at once. */
const CHUNK_BYTES = 8 * 2 ** 20;

/** Options for saving a model. */
export interface SaveOptions {
  /** Largest weight file, in bytes or as text; default: `5GB`. */
  readonly maxShardSize?: number | string;
  /** Storage type of the weights; default: each tensor's own, which reproduces the loaded bytes. */
  readonly dtype?: WeightDtype;
}

/**
 * Writes the weights, read back from the device, with config.json and other files of the model.
 * @throws DataError for options; EnvironmentError if the disk refuses
 */
export async function saveModel(
  model: LoadedModel,
  directory: string,
  options: SaveOptions,
  otherFiles: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { dtype, maxShardSize } = options;
  if (dtype !== undefined && !Object.hasOwn(STORAGE_BYTES, dtype)) {
    throw new DataError(`dtype: expected float32, float16 or bfloat16, got ${JSON.stringify(dtype)}`);
  }
  if (matricesOf(model.weights).some(({ format }) => isInt4(format))) {
    throw new DataError(
      "savePretrained: weights in 4 bits cannot be saved; `llama quantize` writes such checkpoints",
    );
  }
  const { architecture, prefix } = kindOf(model.weights);
  const config = LlamaConfig.from({
    ...model.config.toJSON(),
    architectures: [architecture],
    dtype: dtype ?? model.dtype,
  });
  const reader = new WeightReader(model);
  const tensors = modelTensors(model.config, headsOf(model.weights)).map(({ name, shape }): NewTensor => {
    const stored = dtype ?? model.dtypeOf(name);
    return {
      name: name.replace(/^model\./, prefix),
      dtype: SAFETENSORS_DTYPE[stored],
      shape,
      chunks: () => reader.chunks(name, shape, stored),
    };
  });
  for (const [i, { mlp }] of model.weights.layers.entries()) {
    for (const { name, shape } of learnedNumbers(HIDDEN_ACTIVATIONS[model.config.hiddenAct])) {
      const full = `model.layers.${i}.mlp.act_fn.${name}`;
      const stored = dtype ?? model.dtypeOf(full);
      const value = Float32Array.of(mlp.activation.get(name)!);
      tensors.push({
        name: full.replace(/^model\./, prefix),
        dtype: SAFETENSORS_DTYPE[stored],
        shape,
        chunks: () => [fromFloat32(value, stored)],
      });
    }
  }
  await writeCheckpoint(directory, tensors, {
    ...(maxShardSize !== undefined && { maxShardSize }),
    otherFiles: { ...otherFiles, "config.json": `${JSON.stringify(config.toJSON(), null, 2)}\n` },
  });
}

/** transformers' class with these heads, and its prefix for the names of the layers. */
function kindOf({ heads }: LlamaWeights): { architecture: string; prefix: string } {
  if (heads.lm_head) return { architecture: "LlamaForCausalLM", prefix: "model." };
  if (heads.qa_outputs) return { architecture: "LlamaForQuestionAnswering", prefix: "transformer." };
  if (!heads.score) return { architecture: "LlamaModel", prefix: "" };
  const task = heads.score.bias ? "Token" : "Sequence";
  return { architecture: `LlamaFor${task}Classification`, prefix: "model." };
}

function headsOf({ heads }: LlamaWeights): HeadSpec[] {
  return Object.entries(heads).map(([name, { weight, bias }]) => ({
    name: name as HeadSpec["name"],
    rows: weight.rows,
    bias: bias !== undefined,
  }));
}

/** Location of a tensor's rows in a fused matrix. */
interface Place {
  readonly fused: LinearWeights;
  /** Maps row i of the tensor to its row of the fused matrix. */
  readonly rowOf: (i: number) => number;
}

/** Reads tensors back under their names, in their original row order. */
class WeightReader {
  /** The matrix read last: adjacent tensors in a checkpoint are often parts of one. */
  #last: { matrix: Matrix; bytes: Uint8Array } | undefined;

  constructor(readonly model: LoadedModel) {}

  async *chunks(name: string, shape: readonly number[], dtype: WeightDtype): AsyncGenerator<Uint8Array> {
    const { gpu, weights } = this.model;
    const layer = /^model\.layers\.(\d+)\.(.+?)\.(weight|bias)$/.exec(name);
    const place = layer ? this.#place(Number(layer[1]), layer[2]) : undefined;
    const rowOf = place?.rowOf ?? ((i) => i);
    if (shape.length === 1) {
      const buffer = place?.fused.bias ?? this.#vector(name);
      const floats = await readFloats(gpu, buffer, place?.fused.weight.rows ?? shape[0]);
      const values = Float32Array.from({ length: shape[0] }, (_, i) => floats[rowOf(i)]);
      yield convertWeights(new Uint8Array(values.buffer), "float32", dtype);
      return;
    }
    const matrix = place?.fused.weight ??
      (name === "model.embed_tokens.weight"
        ? weights.embedTokens
        : weights.heads[name.replace(/\.weight$/, "")].weight);
    if (this.#last?.matrix !== matrix) this.#last = { matrix, bytes: await readRows(gpu, matrix) };
    const { bytes } = this.#last;
    const stored = floatFormat(matrix);
    const stride = rowBytes(matrix.columns, stored);
    const width = matrix.columns * STORAGE_BYTES[stored];
    const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / width));
    for (let first = 0; first < shape[0]; first += perChunk) {
      const count = Math.min(perChunk, shape[0] - first);
      const chunk = new Uint8Array(count * width);
      for (let i = 0; i < count; i++) {
        const from = placeOf(matrix, rowOf(first + i)) * stride;
        chunk.set(bytes.subarray(from, from + width), i * width);
      }
      yield convertWeights(chunk, stored, dtype);
    }
  }

  #vector(name: string): GPUBuffer {
    const { weights } = this.model;
    const layer = /^model\.layers\.(\d+)\.(input|post_attention)_layernorm\.weight$/.exec(name);
    if (layer) {
      const { inputLayernorm, postAttentionLayernorm } = weights.layers[Number(layer[1])];
      return layer[2] === "input" ? inputLayernorm : postAttentionLayernorm;
    }
    return name === "model.norm.weight" ? weights.norm : weights.heads[name.replace(/\.bias$/, "")].bias!;
  }

  /** Inverts the row order applied while loading (see weights.ts). */
  #place(index: number, name: string): Place | undefined {
    const { config, weights } = this.model;
    const { selfAttn, mlp } = weights.layers[index];
    const { headDim, numAttentionHeads, numKeyValueHeads } = config;
    const half = headDim / 2;
    const heads = (from: number): Place => ({
      fused: selfAttn.qkvProj,
      rowOf: (i) => {
        const [head, at] = [Math.floor(i / headDim), i % headDim];
        return (from + head) * headDim + (at < half ? 2 * at : 2 * (at - half) + 1);
      },
    });
    switch (name) {
      case "self_attn.q_proj":
        return heads(0);
      case "self_attn.k_proj":
        return heads(numAttentionHeads);
      case "self_attn.v_proj":
        return heads(numAttentionHeads + numKeyValueHeads);
      case "self_attn.o_proj":
        return { fused: selfAttn.oProj, rowOf: (i) => i };
      case "mlp.gate_proj":
        return { fused: mlp.gateUpProj, rowOf: (i) => 2 * i };
      case "mlp.up_proj":
        return { fused: mlp.gateUpProj, rowOf: (i) => 2 * i + 1 };
      case "mlp.down_proj":
        return { fused: mlp.downProj, rowOf: (i) => i };
    }
  }
}
