/**
 * The state of a model on the device, on one page: weights, activations, KV cache and the rows of a forward. This
 * file has only types; `weights/`, `kv/workspace.ts` and `kv/kv_buffers.ts` allocate and fill them.
 *
 * Sizes: V vocabulary, D hidden size, I intermediate size, H query heads, K key heads, W head dim, S head stride
 * (W rounded up to 4), T rows of a forward, N slots, C capacity (positions per slot). A width marked `~` is padded
 * to 8; the padding is zero. Matrices store W[rows, columns] row by row in their format (float32, float16, bfloat16
 * or int4), in a buffer or, on software drivers, a texture.
 *
 * @module
 */
import type { Matrix } from "../../gpu/matrix.ts";

/** Keys and values of one layer. */
export type { KvLayer } from "../../ops/kv_layer.ts";

/** A linear map y = W x + b. */
export interface LinearWeights {
  /** W, [rows, columns ~]. */
  readonly weight: Matrix;
  /** b, [rows], float32; most checkpoints have none. */
  readonly bias?: GPUBuffer;
}

/** A decoder layer; maps with the same input are fused into one matrix. */
export interface LayerWeights {
  /** RMSNorm before attention, [D ~], float32. */
  readonly inputLayernorm: GPUBuffer;
  readonly selfAttn: {
    /** Queries, keys and values: [(H + 2 K) · W, D]. Rows that rotate together are W / 2 apart. */
    readonly qkvProj: LinearWeights;
    /** [D, H · W]. */
    readonly oProj: LinearWeights;
  };
  /** RMSNorm before the MLP, [D ~], float32. */
  readonly postAttentionLayernorm: GPUBuffer;
  readonly mlp: {
    /** Gate, then up: [2 I, D]. Row i of gate and row i of up are I apart. */
    readonly gateUpProj: LinearWeights;
    /** [D, I]. */
    readonly downProj: LinearWeights;
    /** Learned parameters of the activation, by name; empty for most. */
    readonly activation: ReadonlyMap<string, number>;
  };
}

/** All weights. */
export interface LlamaWeights {
  /** [V, D]. A tied lm_head is this matrix. */
  readonly embedTokens: Matrix;
  readonly layers: readonly LayerWeights[];
  /** Final RMSNorm, [D ~], float32. */
  readonly norm: GPUBuffer;
  /** Output heads: `lm_head` [V, D], `score` [labels, D], `qa_outputs` [2, D]. */
  readonly heads: Readonly<Record<string, LinearWeights>>;
}

/** One token of a forward. */
export interface Row {
  readonly token: number;
  /** Cache slot of its sequence. */
  readonly slot: number;
  /** Cache position of its key and value. */
  readonly cachePosition: number;
  /** Row of the rotary table. */
  readonly position: number;
}

/** The activations of a forward and the description of its rows. */
export interface Activations {
  /** Residual stream, [T, D ~], float32. */
  readonly x: GPUBuffer;
  /** Queries after rotation, [T, H, S], float32. */
  readonly q: GPUBuffer;
  /** New keys and values, [T, keys and values, K, S], float32; only if `keepsLater` says that a step must store them. */
  readonly fresh?: GPUBuffer;
  /** Attention outputs, [T, H · W ~], float32. */
  readonly attended: GPUBuffer;
  /** The MLP's inner activations, [T, I ~], float32. */
  readonly inner: GPUBuffer;
  /** `x`, `attended` and `inner` as textures, [1, T, width / 4] vec4s in float32; only on a software driver, if the widths allow. */
  readonly mirrors: { readonly x?: GPUTexture; readonly attended?: GPUTexture; readonly inner?: GPUTexture };
  /**
   * Splits of attention, [splits, T, H, 1 + S / 4] vec4s in float32: maximum and sum, then values. If `parts` is set,
   * the sums that a prompt's dispatches leave for the next.
   */
  readonly partial: GPUBuffer;
  /** Keys of one dispatch of a prompt's attention, and the number of dispatches for C positions; default: all, one. */
  readonly parts?: { readonly keys: number; readonly most: number };
  /** Row count, C, keys and stride of an explicit mask, then four words per row ({@link Row}), u32. */
  readonly batch: GPUBuffer;
  /** First row and number of rows of each attention tile, u32 pairs. */
  readonly tiles: GPUBuffer;
}
