import { basename, dirname } from "@std/path";
import { LlamaConfig } from "../checkpoint/config.ts";
import { openCheckpoint } from "../checkpoint/open_checkpoint.ts";
import { SAFETENSORS_DTYPE, weightDtype } from "../checkpoint/dtypes.ts";
import type { Checkpoint, TensorInfo } from "../checkpoint/types.ts";
import { DataError } from "../errors.ts";
import { Gpu } from "../gpu/gpu.ts";
import { floatFormat, type StorageDtype } from "../gpu/matrix.ts";
import { freeWeights, type HeadSpec, type LlamaWeights, loadWeights } from "./weights.ts";

/** How a model is brought to a device. */
export interface OpenOptions {
  /** Storage of the weights; "auto": as they are stored. */
  readonly dtype?: StorageDtype | "auto";
  /** Index of the adapter. */
  readonly device?: number;
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
  /** A device that is open already; it is not closed with the model then. */
  readonly gpu?: Gpu;
}

/** A Llama on a device: config and weights, ready to be recorded. */
export class LoadedModel {
  constructor(
    readonly gpu: Gpu,
    readonly config: LlamaConfig,
    readonly weights: LlamaWeights,
    /** Storage type of most weights. */
    readonly dtype: StorageDtype,
    readonly weightBytes: number,
    readonly loadMs: number,
    /** Names in the checkpoint that nothing asked for. */
    readonly unexpected: readonly string[],
    readonly ownsGpu: boolean,
    /** Storage type of each tensor, by its name without what stands before the layers. */
    readonly dtypes: ReadonlyMap<string, StorageDtype>,
  ) {}

  /** Storage type of a tensor under its name in a causal model. */
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
  // The adapter answers slowly the first time: ask before the files are read.
  const opening = options.gpu ? Promise.resolve(options.gpu) : Gpu.open(options.device);
  opening.catch(() => {});
  const start = performance.now();
  let checkpoint: Checkpoint | undefined;
  try {
    const config = await LlamaConfig.fromPretrained(path);
    refuseUnsupported(config, path);
    checkpoint = await openCheckpoint(path);
    return await uploadModel(await opening, checkpoint, config, headsOf(config), options, start);
  } catch (error) {
    if (!options.gpu) await opening.then((gpu) => gpu.dispose(), () => {});
    throw error;
  } finally {
    checkpoint?.close();
  }
}

/** Uploads the weights of an opened checkpoint; the device is the model's own unless the options name it. */
export async function uploadModel(
  gpu: Gpu,
  checkpoint: Checkpoint,
  config: LlamaConfig,
  heads: readonly HeadSpec[],
  options: OpenOptions = {},
  start: number = performance.now(),
): Promise<LoadedModel> {
  const before = gpu.allocatedBytes;
  const total = [...checkpoint.tensors.values()].reduce((sum, tensor) => sum + tensor.bytes, 0);
  const weights = await loadWeights(gpu, checkpoint, config, {
    dtype: options.dtype ?? "auto",
    heads,
    onProgress: options.onProgress && ((done) => options.onProgress!(Math.min(done, total), total)),
    signal: options.signal,
  });
  gpu.flush();
  await gpu.check();
  return new LoadedModel(
    gpu,
    config,
    weights,
    floatFormat(weights.embedTokens),
    gpu.allocatedBytes - before,
    performance.now() - start,
    unexpectedTensors(checkpoint.tensors.keys(), config, heads),
    !options.gpu,
    new Map([...checkpoint.tensors.values()].flatMap((tensor) => {
      const dtype = isWeight(tensor) ? weightDtype(tensor) : undefined;
      const asked = options.dtype === undefined || options.dtype === "auto" ? dtype : options.dtype;
      return asked ? [[bareName(tensor.name), asked]] : [];
    })),
  );
}

/** A tensor's name as in a bare model. */
function bareName(name: string): string {
  return name.replace(/^(model|transformer)\./, "");
}

function isWeight({ dtype }: TensorInfo): boolean {
  return Object.values<string>(SAFETENSORS_DTYPE).includes(dtype);
}

/** The folder that holds a model's config and tokenizer. */
export function modelFolder(path: string): string {
  return basename(path).endsWith(".safetensors") ? dirname(path) : path;
}

function refuseUnsupported(config: LlamaConfig, path: string): void {
  const method = config.quantizationConfig?.quant_method;
  if (config.quantizationConfig) {
    throw new DataError(
      `${path}: config.json: quantization_config: ${method ?? "this method"} is unsupported`,
    );
  }
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
