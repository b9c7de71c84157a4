import type { LlamaWeights } from "../../model/state/state.ts";
import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import { SAFETENSORS_DTYPE, WEIGHT_BYTES, weightDtype } from "../../checkpoint/tensors/dtypes.ts";
import { isQuantizable } from "../../checkpoint/int4/int4_modules.ts";
import type { Int4Source } from "../../checkpoint/int4/int4_source.ts";
import type { Checkpoint, TensorInfo, WeightDtype } from "../../checkpoint/tensors/types.ts";
import { EnvironmentError } from "../../base/errors.ts";
import { defaultAdapter } from "../../gpu/adapters.ts";
import { floatFormat } from "../../gpu/matrix.ts";
import { type KvDtype, usualKvDtype } from "../../ops/kv_layer.ts";
import { Gpu, type GpuTraits, UPLOAD_CHUNK_BYTES } from "../../gpu/gpu.ts";
import { traitsOf } from "../../gpu/traits.ts";
import { KvBuffers } from "../../model/kv/kv_buffers.ts";
import { bareName, LoadedModel } from "../../model/weights/load.ts";
import { STAGED_CHUNKS } from "../../model/weights/upload.ts";
import { allocateWeights, causalHead, type HeadSpec, modelTensors } from "../../model/weights/weights.ts";
import { kvShape } from "../../model/kv/workspace.ts";
import { Decoder } from "./decoder.ts";

/**
 * Storage of weights on a device: floats of one type, or 4-bit linear maps with all other tensors as stored.
 */
export type Storage = WeightDtype | "int4";

/** Bytes of device memory that generation needs. */
export interface MemoryPlan {
  readonly weights: Readonly<Record<Storage, number>>;
  /** Storage type of keys and values that {@linkcode cache} and {@linkcode activations} assume. */
  readonly kvDtype: KvDtype;
  /** Keys and values of one position of one sequence. */
  readonly cachePerToken: Readonly<Record<KvDtype, number>>;
  /** Keys and values of all sequences. */
  readonly cache: number;
  /** All other buffers that a forward reads and writes, for prompts and decoding together. */
  readonly activations: number;
  /** Maximum bytes that the driver holds for weights during upload. */
  readonly staging: number;
}

/** Inputs of a memory plan. */
export interface MemoryOptions {
  /** The model's files; their tensors define the heads and storage types. Default: taken from config.json. */
  readonly checkpoint?: Checkpoint;
  /** Modules that the checkpoint stores in 4 bits. */
  readonly int4?: (module: string) => Int4Source | undefined;
  /** Quantization group size: columns that share a scale, if weights are to be quantized. */
  readonly groupSize?: number;
  /** Storage type of keys and values; default: the usual one of the weights as stored. */
  readonly kvDtype?: KvDtype;
  /** Positions of a sequence. */
  readonly maxLength?: number;
  /** Number of sequences that run together. */
  readonly batchSize?: number;
  /** The target device; default: a hardware GPU. */
  readonly device?: { readonly traits: GpuTraits; readonly limits: GPUSupportedLimits };
}

/** A GPU that is not a software driver. */
const HARDWARE: GpuTraits = { subgroupSize: 0, timestamps: false, software: false };

/**
 * Memory needed to generate for `batchSize` sequences of at most `maxLength` positions: allocates everything
 * as a real run does, on a device that only counts.
 */
export async function memoryPlan(config: LlamaConfig, options: MemoryOptions = {}): Promise<MemoryPlan> {
  const { maxLength = config.maxPositionEmbeddings, batchSize = 1, device } = options;
  const counting = () => Gpu.counting(device?.traits ?? HARDWARE, device?.limits);
  const weights = { float32: 0, float16: 0, bfloat16: 0, int4: 0 };
  let tree: LlamaWeights;
  for (const storage of Object.keys(weights) as Storage[]) {
    const gpu = counting();
    tree = await allocate(gpu, config, storage, options);
    weights[storage] = gpu.allocatedBytes;
  }
  const { kvDtype = usualKvDtype(floatFormat(tree!.embedTokens)) } = options;
  const cacheBytes = (dtype: KvDtype) => {
    const gpu = counting();
    new KvBuffers(gpu, kvShape(config, dtype), batchSize, maxLength, true);
    return gpu.allocatedBytes;
  };
  const perToken = (dtype: KvDtype) => cacheBytes(dtype) / batchSize / maxLength;
  const gpu = counting();
  // The layers would be recorded one by one and add nothing.
  const head = { lm_head: { weight: tree!.embedTokens } };
  const model = LoadedModel.bare(gpu, config, { ...tree!, layers: [], heads: head }, kvDtype);
  new Decoder(model, batchSize, maxLength);
  const cache = cacheBytes(kvDtype);
  return {
    weights,
    kvDtype,
    cachePerToken: {
      float32: perToken("float32"),
      float16: perToken("float16"),
      bfloat16: perToken("bfloat16"),
      int8: perToken("int8"),
    },
    cache,
    activations: gpu.allocatedBytes - cache,
    staging: (STAGED_CHUNKS + 1) * UPLOAD_CHUNK_BYTES,
  };
}

/** The default device; undefined if there is none. */
export async function defaultDevice(): Promise<MemoryOptions["device"]> {
  try {
    const { info, limits } = await defaultAdapter();
    // Features belong to a device, which is not requested here; only subgroup support changes sizes.
    return { traits: traitsOf(info, new Set(["subgroups"])), limits };
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined;
    throw error;
  }
}

/** Number of parameters according to config.json. */
export function parametersOf(config: LlamaConfig): number {
  return modelTensors(config, headsOf(config)).reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a * b),
    0,
  );
}

async function allocate(
  gpu: Gpu,
  config: LlamaConfig,
  storage: Storage,
  { checkpoint, int4 = () => undefined, groupSize = 128 }: MemoryOptions,
): Promise<LlamaWeights> {
  const heads = headsOf(config, checkpoint);
  const outline = outlineOf(config, heads, checkpoint);
  const { weights } = await allocateWeights(gpu, outline, config, {
    dtype: storage === "int4" ? "auto" : storage,
    heads,
    int4: (module) => {
      const stored = int4(module);
      const tensor = outline.tensors.get(`${module}.weight`);
      if (stored || storage !== "int4" || !tensor || !isQuantizable(tensor, groupSize)) return stored;
      return unreadSource(tensor, groupSize);
    },
  });
  return weights;
}

/** The heads found in the files; a causal LM head if there are none. */
function headsOf(config: LlamaConfig, checkpoint?: Checkpoint): HeadSpec[] {
  const names = ["lm_head", "score", "qa_outputs"] as const;
  const found = names.flatMap((name) => {
    const tensor = checkpoint?.tensors.get(`${name}.weight`);
    if (tensor?.shape.length !== 2) return [];
    return [{ name, rows: tensor.shape[0], bias: checkpoint!.tensors.has(`${name}.bias`) }];
  });
  return found.length > 0 ? found : causalHead(config);
}

/** The tensors that config.json declares, stored as those of the files are; they cannot be read. */
function outlineOf(config: LlamaConfig, heads: readonly HeadSpec[], checkpoint?: Checkpoint): Checkpoint {
  const own = config.dtype ?? "float32";
  const stored = new Map(
    [...checkpoint?.tensors.values() ?? []].map((tensor) => [bareName(tensor.name), tensor]),
  );
  const tensors = modelTensors(config, heads).map(({ name, shape }): [string, TensorInfo] => {
    const tensor = stored.get(bareName(name));
    const known = tensor && Object.values<string>(SAFETENSORS_DTYPE).includes(tensor.dtype);
    const dtype = known ? weightDtype(tensor) : own;
    const bytes = shape.reduce((product, n) => product * n, WEIGHT_BYTES[dtype]);
    return [name, { name, dtype: SAFETENSORS_DTYPE[dtype], shape, file: "config.json", offset: 0, bytes }];
  });
  return { files: ["config.json"], tensors: new Map(tensors), read: unread, close() {} };
}

/** A tensor that will be stored in 4 bits. */
function unreadSource({ name, shape }: TensorInfo, groupSize: number): Int4Source {
  const [rows, columns] = shape;
  return { name, shape: [rows, columns], groupSize, scaleDtype: "bfloat16", zeroKind: "value", read: unread };
}

function unread(): Promise<never> {
  return Promise.reject(new Error("a plan of memory reads no weights"));
}
