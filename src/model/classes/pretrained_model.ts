import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import type { Int4WeightOnlyConfig } from "../../checkpoint/int4/int4_weight_only_config.ts";
import { locateModel } from "../../checkpoint/files/locate.ts";
import type { WeightDtype } from "../../checkpoint/tensors/types.ts";
import { DataError } from "../../base/errors.ts";
import { Gpu } from "../../gpu/gpu.ts";
import { type LoadedModel, openModel, uploadModel } from "../weights/load.ts";
import { RandomCheckpoint } from "../weights/random_checkpoint.ts";
import { saveModel, type SaveOptions } from "./save.ts";
import type { HeadSpec } from "../weights/weights.ts";

/** How a model is brought to a device. */
export interface DeviceOptions {
  /** Storage of the weights; `auto`, which is what is done unless told: as they are stored. Arithmetic is float32. */
  readonly dtype?: WeightDtype | "auto";
  /** Index of the adapter, 0 unless told, or a model whose device this one shares, and which must outlive it. */
  readonly device?: number | LlamaPreTrainedModel;
}

/** How a checkpoint is loaded. */
export interface PretrainedOptions extends DeviceOptions {
  /** Linear weights of the layers in 4 bits, quantized while loading; the others stay as `dtype` says. */
  readonly quantizationConfig?: Int4WeightOnlyConfig;
  /** Called as bytes of weights come in. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Ends the loading early. */
  readonly signal?: AbortSignal;
}

/** How a model is made up. */
export interface RandomOptions extends DeviceOptions {
  /** Equal seeds give equal weights; 0 unless told. */
  readonly seed?: number;
}

/** The device's side of a model; for other modules here, not for users. */
export let loadedModel: (model: LlamaPreTrainedModel) => LoadedModel;

/** What all Llama classes share. */
export abstract class LlamaPreTrainedModel {
  readonly #loaded: LoadedModel;
  #disposed = false;

  static {
    loadedModel = (model) => {
      if (model.#disposed) throw new DataError("the model was disposed");
      return model.#loaded;
    };
  }

  /** Models are made by `fromPretrained` and `fromConfig` of their class. */
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

  /** Tensors of the checkpoint that this class has no use for. */
  get unexpectedTensors(): readonly string[] {
    return this.#loaded.unexpected;
  }

  /**
   * Writes model.safetensors (or shards and their index) and config.json, so that transformers and `fromPretrained`
   * load them; a model that was there before is replaced only when all is written.
   * @param directory a folder; made where it is missing
   * @throws Error where an option is out of range or the disk refuses
   */
  async savePretrained(directory: string, options: SaveOptions = {}): Promise<void> {
    await saveModel(loadedModel(this), directory, options, this.extraFiles());
  }

  /** Files that belong to the model beside weights and config. */
  protected extraFiles(): Record<string, string> {
    return {};
  }

  /** Gives the memory back, and the device where it is the model's own; the model cannot be used afterwards. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#loaded.dispose();
  }

  /** The same at the end of a block: `using model = …`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Loads what a class needs. @throws DataError, EnvironmentError */
export async function openPretrained(
  nameOrPath: string,
  headsOf: (config: LlamaConfig) => HeadSpec[],
  options: PretrainedOptions,
): Promise<LoadedModel> {
  const { device, ...others } = options;
  return await openModel(await locateModel(nameOrPath), headsOf, { ...others, ...deviceOf(device) });
}

/** Makes what a class needs up. @throws DataError, EnvironmentError */
export async function openRandom(
  config: LlamaConfig,
  heads: readonly HeadSpec[],
  options: RandomOptions,
): Promise<LoadedModel> {
  const { device, dtype, seed = 0 } = options;
  if (!Number.isInteger(seed)) throw new DataError(`seed: expected a whole number, got ${seed}`);
  const shared = deviceOf(device);
  const gpu = shared.gpu ?? await Gpu.open(shared.device);
  try {
    return await uploadModel(gpu, new RandomCheckpoint(config, heads, seed), config, heads, {
      ...shared,
      dtype,
    });
  } catch (error) {
    if (!shared.gpu) gpu.dispose();
    throw error;
  }
}

function deviceOf(device: DeviceOptions["device"]): { device?: number; gpu?: Gpu } {
  if (device instanceof LlamaPreTrainedModel) return { gpu: loadedModel(device).gpu };
  if (device !== undefined && (!Number.isInteger(device) || device < 0)) {
    throw new DataError(`device: expected a whole number from 0 on, or a model, got ${device}`);
  }
  return { device };
}
