import type { LlamaConfig } from "../checkpoint/config/config.ts";
import { LlamaError } from "../base/errors.ts";
import { Gpu } from "../gpu/gpu.ts";
import type { StorageDtype } from "../gpu/matrix.ts";
import { type KvDtype, usualKvDtype } from "../ops/kv_layer.ts";
import { attentionTrials } from "./attention_trials.ts";
import { choiceTrials } from "./choice_trials.ts";
import { type Finding, judge, type Trial } from "./finding.ts";
import { forwardTrial } from "./forward_trial.ts";
import { int4Trials } from "./int4_trials.ts";
import { linearTrials } from "./linear_trials.ts";
import { rowTrials } from "./row_trials.ts";

/** Options of an examination. */
export interface DoctorOptions {
  /** Storage types of the weights; default: the config's own. */
  readonly dtype?: StorageDtype;
  /** Storage type of keys and values; default: the usual one of the weights. */
  readonly kvCache?: KvDtype;
  /** Number or address of the card. */
  readonly device?: number | string;
  readonly signal?: AbortSignal;
}

/**
 * Runs every kernel on the sizes of a model, the large ones reduced, and compares it with its float64
 * reference, to detect driver errors before results are trusted.
 * @throws EnvironmentError if there is no device
 */
export async function* doctor(config: LlamaConfig, options: DoctorOptions = {}): AsyncGenerator<Finding> {
  const dtype = options.dtype ?? config.dtype ?? "float32";
  const kvCache = options.kvCache ?? usualKvDtype(dtype);
  // Nothing can be tested without a device.
  const device = await Gpu.open(options.device);
  const trials = [
    ...rowTrials(config, dtype),
    ...choiceTrials(config),
    ...linearTrials(config, dtype, kvCache, device.traits),
    ...int4Trials(config, device.traits),
    ...attentionTrials(config, kvCache),
    forwardTrial(config),
  ];
  device.dispose();
  for (const trial of trials) {
    options.signal?.throwIfAborted();
    yield await examine(trial, options.device);
  }
}

/** Runs one trial on its own device, because a failed device does not recover. */
async function examine({ kernel, shape, run }: Trial, device?: number | string): Promise<Finding> {
  let gpu: Gpu | undefined;
  try {
    gpu = await Gpu.open(device);
    return { kernel, shape, ...judge(await run(gpu)) };
  } catch (error) {
    if (!(error instanceof LlamaError)) throw error;
    return { kernel, shape, worst: null, allowed: 0, ok: false, problem: error.message };
  } finally {
    gpu?.dispose();
  }
}
