import type { LlamaWeights } from "../state/state.ts";
import { now, since } from "../../base/clock.ts";
import { LlamaConfig } from "../../checkpoint/config/config.ts";
import { isQuantizable } from "../../checkpoint/int4/int4_modules.ts";
import { quantizingSource } from "../../checkpoint/int4/int4_quantizing_source.ts";
import type { Int4Source } from "../../checkpoint/int4/int4_source.ts";
import { int4Sources } from "../../checkpoint/int4/int4_sources.ts";
import type { Int4WeightOnlyConfig } from "../../checkpoint/int4/int4_weight_only_config.ts";
import { openCheckpoint } from "../../checkpoint/safetensors/open_checkpoint.ts";
import { SAFETENSORS_DTYPE, weightDtype } from "../../checkpoint/tensors/dtypes.ts";
import type { Checkpoint, TensorInfo } from "../../checkpoint/tensors/types.ts";
import { DataError } from "../../base/errors.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { floatFormat, isInt4, STORAGE_BYTES, type StorageDtype } from "../../gpu/matrix.ts";
import { type KvDtype, usualKvDtype } from "../../ops/kv_layer.ts";
import { freeWeights, type HeadSpec, loadWeights, matricesOf } from "./weights.ts";

/** Options for loading a model onto a device. */
export interface OpenOptions {
  /** Storage type of the weights; "auto": as stored. */
  readonly dtype?: StorageDtype | "auto";
  /** Quantizes linear maps of the layers to 4 bits, with one scale per group of columns. */
  readonly quantizationConfig?: Int4WeightOnlyConfig;
  /** Storage type of keys and values; "auto": float32 for weights in float32, else float16. */
  readonly kvCache?: KvDtype | "auto";
  /** Index of the adapter. */
  readonly device?: number | string;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
  /** Called before anything is allocated on the device; an error prevents it. */
  readonly beforeUpload?: (known: BeforeUpload) => Promise<void>;
  /** Work done in steps while the already allocated weights are filled; with few weights, possibly none. */
  readonly duringUpload?: (known: DuringUpload) => Iterator<unknown>;
  /** An already open device; it is not closed with the model. */
  readonly gpu?: Gpu;
}

/** Information available once a model's files are open and before anything is on the device. */
export interface BeforeUpload {
  readonly gpu: Gpu;
  readonly checkpoint: Checkpoint;
  readonly config: LlamaConfig;
  /** Modules stored in 4 bits. */
  readonly int4: (module: string) => Int4Source | undefined;
}

/** Information available during weight upload. */
export interface DuringUpload {
  readonly gpu: Gpu;
  readonly config: LlamaConfig;
  readonly weights: LlamaWeights;
  readonly kvDtype: KvDtype;
}

/** A Llama on a device: config and weights, ready for recording. */
export class LoadedModel {
  constructor(
    readonly gpu: Gpu,
    readonly config: LlamaConfig,
    readonly weights: LlamaWeights,
    /** Storage type of most weights. */
    readonly dtype: StorageDtype,
    readonly weightBytes: number,
    readonly loadMs: number,
    /** Names in the checkpoint that were not used. */
    readonly unexpected: readonly string[],
    readonly ownsGpu: boolean,
    /** Storage type of each tensor, by its name without the prefix before the layers. */
    readonly dtypes: ReadonlyMap<string, StorageDtype>,
    /** Accepted irregularities of the files, one line each. */
    readonly notes: readonly string[] = [],
    /** Storage type of keys and values. */
    readonly kvDtype: KvDtype = usualKvDtype(dtype),
  ) {}

  /** Weights without a checkpoint, of which only the numbers matter. */
  static bare(gpu: Gpu, config: LlamaConfig, weights: LlamaWeights, kvDtype?: KvDtype): LoadedModel {
    const dtype = floatFormat(weights.embedTokens);
    return new LoadedModel(gpu, config, weights, dtype, 0, 0, [], false, new Map(), [], kvDtype);
  }

  /** "int4" if any matrix is in 4 bits. */
  get quantization(): "none" | "int4" {
    return matricesOf(this.weights).some(({ format }) => isInt4(format)) ? "int4" : "none";
  }

  /** Storage type of a tensor by its name in a causal model. */
  dtypeOf(name: string): StorageDtype {
    return this.dtypes.get(bareName(name)) ?? this.dtype;
  }

  dispose(): void {
    freeWeights(this.gpu, this.weights);
    if (this.ownsGpu) this.gpu.dispose();
  }
}

/**
 * Opens a folder or a .safetensors file beside its config, and uploads the weights.
 * @throws DataError, EnvironmentError
 */
export async function openModel(
  path: string,
  headsOf: (config: LlamaConfig) => HeadSpec[],
  options: OpenOptions = {},
): Promise<LoadedModel> {
  // The adapter responds slowly the first time: request it before reading the files.
  const opening = options.gpu ? Promise.resolve(options.gpu) : Gpu.open(options.device);
  opening.catch(() => {});
  const start = now();
  let checkpoint: Checkpoint | undefined;
  try {
    const config = await LlamaConfig.fromPretrained(path);
    if (options.quantizationConfig && config.quantizationConfig) {
      throw new DataError(`${path}: the weights are quantized already (config.json: quantization_config)`);
    }
    checkpoint = await openCheckpoint(path);
    return await uploadModel(await opening, checkpoint, config, headsOf(config), options, start);
  } catch (error) {
    if (!options.gpu) await opening.then((gpu) => gpu.dispose(), () => {});
    throw error;
  } finally {
    checkpoint?.close();
  }
}

/** Uploads the weights of an opened checkpoint; the model owns the device unless the options provide it. */
export async function uploadModel(
  gpu: Gpu,
  checkpoint: Checkpoint,
  config: LlamaConfig,
  heads: readonly HeadSpec[],
  options: OpenOptions = {},
  start: number = now(),
): Promise<LoadedModel> {
  const before = gpu.allocatedBytes;
  const counted = options.onProgress ? counting(checkpoint, options.onProgress) : checkpoint;
  const stored = await int4Sources(counted, config.quantizationConfig);
  await options.beforeUpload?.({ gpu, checkpoint, config, int4: stored });
  gpu.requireRoom(`the model in ${checkpoint.files[0]}`, bytesOnDevice(checkpoint, options));
  const { groupSize } = options.quantizationConfig ?? {};
  const { duringUpload, kvCache = "auto" } = options;
  const kvDtypeOf = (weights: LlamaWeights) =>
    kvCache === "auto" ? usualKvDtype(floatFormat(weights.embedTokens)) : kvCache;
  const weights = await loadWeights(gpu, counted, config, {
    dtype: options.dtype ?? "auto",
    heads,
    int4: (module) => {
      const tensor = checkpoint.tensors.get(`${module}.weight`);
      if (!tensor || !groupSize || !isQuantizable(tensor, groupSize)) return stored(module);
      return quantizingSource(counted, tensor, groupSize);
    },
    signal: options.signal,
    meanwhile: duringUpload &&
      ((weights) => duringUpload({ gpu, config, weights, kvDtype: kvDtypeOf(weights) })),
  });
  gpu.flush();
  await gpu.check();
  return new LoadedModel(
    gpu,
    config,
    weights,
    floatFormat(weights.embedTokens),
    gpu.allocatedBytes - before,
    since(start),
    unexpectedTensors(checkpoint.tensors.keys(), config, heads)
      .filter((name) => !stored(name.replace(/\.\w+$/, ""))),
    !options.gpu,
    new Map([...checkpoint.tensors.values()].flatMap((tensor) => {
      const dtype = isWeight(tensor) ? weightDtype(tensor) : undefined;
      const asked = options.dtype === undefined || options.dtype === "auto" ? dtype : options.dtype;
      return asked ? [[bareName(tensor.name), asked]] : [];
    })),
    [...config.notes, ...checkpoint.notes ?? []],
    kvDtypeOf(weights),
  );
}

/** Lower estimate of the bytes that the weights will take with these options. */
function bytesOnDevice({ tensors }: Checkpoint, { dtype = "auto", quantizationConfig }: OpenOptions): number {
  if (quantizationConfig) return 0;
  return [...tensors.values()].filter(isWeight).reduce((sum, tensor) => {
    const width = STORAGE_BYTES[dtype === "auto" ? weightDtype(tensor) : dtype];
    return sum + tensor.shape.reduce((product, n) => product * n, width);
  }, 0);
}

/** A tensor's name as in a bare model. */
export function bareName(name: string): string {
  return name.replace(/^(model|transformer)\./, "");
}

function isWeight({ dtype }: TensorInfo): boolean {
  return Object.values<string>(SAFETENSORS_DTYPE).includes(dtype);
}

/** A checkpoint that reports how much of it was read. */
function counting(checkpoint: Checkpoint, onProgress: NonNullable<OpenOptions["onProgress"]>): Checkpoint {
  const total = [...checkpoint.tensors.values()].reduce((sum, tensor) => sum + tensor.bytes, 0);
  let done = 0;
  return {
    files: checkpoint.files,
    tensors: checkpoint.tensors,
    async read(tensor, begin, into) {
      await checkpoint.read(tensor, begin, into);
      done += into.length;
      onProgress(Math.min(done, total), total);
    },
    close: () => checkpoint.close(),
  };
}

const LAYER_PART =
  /^(model\.|transformer\.)?layers\.\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj|(input|post_attention)_layernorm)\.(weight|bias)$|^(model\.|transformer\.)?layers\.\d+\.mlp\.act_fn\./;

function unexpectedTensors(
  names: Iterable<string>,
  config: LlamaConfig,
  heads: readonly HeadSpec[],
): string[] {
  const wanted = new Set(heads.flatMap(({ name }) => [`${name}.weight`, `${name}.bias`]));
  if (config.tieWordEmbeddings) wanted.add("lm_head.weight");
  return [...names].filter((name) =>
    !LAYER_PART.test(name) && !wanted.has(name) &&
    !/^(model\.|transformer\.)?(embed_tokens|norm)\.weight$/.test(name) &&
    !name.endsWith(".rotary_emb.inv_freq")
  );
}
