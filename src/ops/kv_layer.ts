import type { StorageDtype } from "../gpu/matrix.ts";
import { kernels } from "./kernels.ts";
import { type HeadShape, headStride } from "./linear.ts";

/** Storage type of keys and values: floats, or 8-bit codes with a float32 scale per position and head. */
export type KvDtype = StorageDtype | "int8";

/** Every {@link KvDtype}. */
export const KV_DTYPES: readonly KvDtype[] = ["float32", "float16", "bfloat16", "int8"];

/**
 * Storage type of keys and values for weights of a type, if none is requested. transformers keeps bfloat16 ones in
 * bfloat16; float16 takes as many bytes and is eight times nearer to what the weights say.
 */
export function usualKvDtype(weights: StorageDtype): KvDtype {
  return weights === "float32" ? "float32" : "float16";
}

/** Keys and values of adjacent key heads of one layer, small enough for one binding each. */
export interface KvShare {
  readonly firstHead: number;
  /** Number of key heads. */
  readonly heads: number;
  /** [slots, heads, capacity], {@link kvRowBytes} each. Keys are rotated. */
  readonly keys: GPUBuffer;
  /** [slots, heads, capacity], {@link kvRowBytes} each. */
  readonly values: GPUBuffer;
}

/**
 * Keys and values of a layer as textures, [slots · kv heads, capacity, {@link kvTexels}] vec4s in float32: the
 * numbers or codes that the buffers hold, then the scale if there is one.
 */
export interface KvMirrors {
  readonly keys: GPUTexture;
  readonly values: GPUTexture;
}

/** Keys and values of one layer. */
export interface KvLayer {
  readonly dtype: KvDtype;
  /** All key heads, in order; one share if they fit one binding. */
  readonly shares: readonly KvShare[];
  /** Present if the driver reads textures faster; there is one share then. */
  readonly mirrors?: KvMirrors;
}

/**
 * Bytes of one head at one position: numbers padded to a multiple of four, in the storage type; for codes, the
 * scale at the end.
 */
export function kvRowBytes(headDim: number, dtype: KvDtype): number {
  const stride = headStride(headDim);
  return dtype === "int8" ? stride + 4 : stride * (dtype === "float32" ? 4 : 2);
}

/** Texels of one head at one position of a mirror. */
export function kvTexels(headDim: number, dtype: KvDtype): number {
  return headStride(headDim) / 4 + (dtype === "int8" ? 1 : 0);
}

/**
 * True if a linear map cannot write these keys and values itself, so that they need another step (`keepRows`):
 * in int8 a scale depends on a whole head; in 16 bits both numbers of a word must come from one thread, which
 * takes a head_dim that is a multiple of 4; and only one of several shares can be bound.
 */
export function keepsLater({ headDim }: HeadShape, { dtype, shares }: KvLayer): boolean {
  return dtype === "int8" || shares.length > 1 || (dtype !== "float32" && headDim % 4 !== 0);
}

/** Kernel parts that read keys and values: `key_at`, `value_at` and their scales. */
export function kvReader({ dtype, mirrors }: Pick<KvLayer, "dtype" | "mirrors">): readonly string[] {
  if (!mirrors) return READERS[dtype];
  return [kernels.kvTexture, kernels.scales[dtype === "int8" ? "texture" : "none"]];
}

/** Kernel parts that write keys and values, and their mirrors if there are any. */
export function kvWriter({ dtype, mirrors }: KvLayer): readonly string[] {
  return [...WRITERS[dtype], kernels.keepMirror[mirrors ? "texture" : "none"]];
}

const { pair, scales } = kernels;

const READERS: Readonly<Record<KvDtype, readonly string[]>> = {
  float32: [kernels.kvFloat32, scales.none],
  float16: [kernels.kvPacked, pair.float16, scales.none],
  bfloat16: [kernels.kvPacked, pair.bfloat16, scales.none],
  int8: [kernels.kvInt8],
};

const WRITERS: Readonly<Record<KvDtype, readonly string[]>> = {
  float32: [kernels.keepFloat32],
  float16: [kernels.keepPacked, pair.float16],
  bfloat16: [kernels.keepPacked, pair.bfloat16],
  int8: [kernels.keepInt8],
};
