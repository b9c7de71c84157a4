import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import type { Int4WeightOnlyConfig } from "../../checkpoint/int4/int4_weight_only_config.ts";
import { locateModel } from "../../checkpoint/files/locate.ts";
import type { WeightDtype } from "../../checkpoint/tensors/types.ts";
import { DataError } from "../../base/errors.ts";
import { kindOf } from "../../base/json.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { type LoadedModel, openModel, uploadModel } from "../weights/load.ts";
import { RandomCheckpoint } from "../weights/random_checkpoint.ts";
import type { KvDtype } from "../../ops/kv_layer.ts";
import { saveModel, type SaveOptions } from "./save.ts";
import type { HeadSpec } from "../weights/weights.ts";

/** Options for loading a model onto a device. */
export interface DeviceOptions {
  /** Storage type of the weights; `auto` (default): as stored. Arithmetic is float32. */
  readonly dtype?: WeightDtype | "auto";
  /**
   * Storage type of keys and values; `auto` (default): float32 for weights in float32, else float16. `int8` has a
   * scale for each position and head.
   */
  readonly kvCache?: KvDtype | "auto";
  /** Number or address of the card (default: 0), or a model whose device is shared and which must outlive this one. */
  readonly device?: number | string | LlamaPreTrainedModel;
}

/** Options for loading a checkpoint. */
export interface PretrainedOptions extends DeviceOptions {
  /** Quantizes linear weights of the layers to 4 bits while loading; the others are stored as `dtype`. */
  readonly quantizationConfig?: Int4WeightOnlyConfig;
  /** Called as bytes of weights are loaded. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Aborts loading. */
  readonly signal?: AbortSignal;
}

/** Options for a model with random weights. */
export interface RandomOptions extends DeviceOptions {
  /** Equal seeds give equal weights; default: 0. */
  readonly seed?: number;
}

/** The device side of a model; internal. */
export let loadedModel: (model: LlamaPreTrainedModel) => LoadedModel;

/**
 * Base class of all Llama classes.
 *
 * @example
 * ```ts
 * import { LlamaForCausalLM, LlamaPreTrainedModel } from "@llama/llama";
 *
 * using model = await LlamaForCausalLM.fromPretrained("./TinyLlama");
 * console.log(model instanceof LlamaPreTrainedModel, model.config.vocabSize);
 * ```
 */
export abstract class LlamaPreTrainedModel {
  readonly #loaded: LoadedModel;
  #disposed = false;

  static {
    loadedModel = (model) => {
      if (model.#disposed) throw new DataError("the model was disposed");
      return model.#loaded;
    };
  }

  /** Models are created by `fromPretrained` and `fromConfig` of their class. */
  protected constructor(loaded: LoadedModel) {
    this.#loaded = loaded;
  }

  /** The model's config. */
  get config(): LlamaConfig {
    return this.#loaded.config;
  }

  /** Storage type of the weights on the device. */
  get dtype(): WeightDtype {
    return this.#loaded.dtype;
  }

  /** Tensors of the checkpoint that this class does not use. */
  get unexpectedTensors(): readonly string[] {
    return this.#loaded.unexpected;
  }

  /** Storage type of keys and values on the device. */
  get kvCache(): KvDtype {
    return this.#loaded.kvDtype;
  }

  /**
   * Writes model.safetensors (or shards and their index) and config.json, so that transformers and
   * `fromPretrained` load them; an existing model is replaced only when everything is written.
   * @param directory a folder; created if missing
   * @throws Error if an option is out of range or the disk refuses
   */
  async savePretrained(directory: string, options: SaveOptions = {}): Promise<void> {
    await saveModel(loadedModel(this), directory, options, this.extraFiles());
  }

  /** Files of the model besides weights and config. */
  protected extraFiles(): Record<string, string> {
    return {};
  }

  /** Frees the memory, and the device if the model owns it; the model cannot be used afterwards. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#loaded.dispose();
  }

  /** Frees the memory at the end of a block: `using model = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Loads the weights that a class needs. @throws DataError, EnvironmentError */
export async function openPretrained(
  nameOrPath: string,
  headsOf: (config: LlamaConfig) => HeadSpec[],
  options: PretrainedOptions,
): Promise<LoadedModel> {
  const { device, ...others } = options;
  return await openModel(await locateModel(nameOrPath), headsOf, { ...others, ...deviceOf(device) });
}

/** Creates random weights for a class. @throws DataError, EnvironmentError */
export async function openRandom(
  config: LlamaConfig,
  heads: readonly HeadSpec[],
  options: RandomOptions,
): Promise<LoadedModel> {
  const { device, dtype, kvCache, seed = 0 } = options;
  if (!Number.isInteger(seed)) throw new DataError(`seed: expected a whole number, got ${kindOf(seed)}`);
  const shared = deviceOf(device);
  const gpu = shared.gpu ?? await Gpu.open(shared.device);
  try {
    return await uploadModel(gpu, new RandomCheckpoint(config, heads, seed), config, heads, {
      ...shared,
      dtype,
      kvCache,
    });
  } catch (error) {
    if (!shared.gpu) gpu.dispose();
    throw error;
  }
}

function deviceOf(device: DeviceOptions["device"]): { device?: number | string; gpu?: Gpu } {
  if (device instanceof LlamaPreTrainedModel) return { gpu: loadedModel(device).gpu };
  if (device !== undefined && typeof device !== "string" && (!Number.isInteger(device) || device < 0)) {
    throw new DataError(`device: expected a whole number from 0 on, or a model, got ${kindOf(device)}`);
  }
  return { device };
}
