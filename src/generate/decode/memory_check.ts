import type { LlamaConfig } from "../../checkpoint/config/config.ts";
import type { Checkpoint } from "../../checkpoint/tensors/types.ts";
import { EnvironmentError } from "../../base/errors.ts";
import { type KvDtype, usualKvDtype } from "../../ops/kv_layer.ts";
import type { BeforeUpload, OpenOptions } from "../../model/weights/load.ts";
import { type MemoryPlan, memoryPlan, type Storage } from "./memory.ts";

/** Smallest cache, in positions, worth suggesting. */
const SHORTEST = 64;

/** Storage of the weights, context length and batch size. */
export interface RoomOptions extends Pick<OpenOptions, "dtype" | "quantizationConfig" | "kvCache"> {
  readonly maxLength: number;
  readonly batchSize: number;
  /** Set for a server, whose batch size is its `--parallel`. */
  readonly serving?: unknown;
}

/**
 * Checks, before any weights are read, that the device has room for weights, cache and activations.
 * @throws EnvironmentError that states how much is needed, how much is available, and which options would fit
 */
export async function requireRoom(
  { gpu, checkpoint, config, int4 }: BeforeUpload,
  options: RoomOptions,
): Promise<void> {
  if (gpu.memoryBytes === Infinity) return;
  const { maxLength, batchSize } = options;
  const storage = storageOf(config, checkpoint, options);
  const plan = await memoryPlan(config, {
    kvDtype: kvDtypeOf(options),
    checkpoint,
    int4,
    maxLength,
    batchSize,
    groupSize: options.quantizationConfig?.groupSize,
    device: { traits: gpu.traits, limits: gpu.device.limits },
  });
  const there = gpu.memoryBytes - gpu.allocatedBytes;
  const needed = total(plan, storage, plan.cache);
  if (needed <= there) return;
  const fits = suggestions(plan, storage, there, options);
  const used = gpu.allocatedBytes > 0 ? ` beside the ${gpu.allocatedBytes} in use` : "";
  throw new EnvironmentError(
    `GPU out of memory: the model in ${checkpoint.files[0]} needs ${needed} bytes${used}, this device has ` +
      `${gpu.memoryBytes}: weights ${
        plan.weights[storage]
      } (${storage}), ${batchSize} × ${maxLength} positions in ${plan.kvDtype} ` +
      `${plan.cache}, the rest ${plan.activations + plan.staging}; ` +
      (fits.length > 0 ? `would fit: ${fits.join(", or ")}` : "nothing smaller would fit"),
  );
}

/** Storage of the loaded weights: as requested, or the type of most of them. */
function storageOf(
  config: LlamaConfig,
  checkpoint: Checkpoint,
  { dtype = "auto", quantizationConfig }: RoomOptions,
): Storage {
  if (quantizationConfig) return "int4";
  if (dtype !== "auto") return dtype;
  if (config.quantizationConfig) return "int4";
  const first = [...checkpoint.tensors.values()].find(({ shape }) => shape.length === 2)?.dtype;
  return first === "F16" ? "float16" : first === "BF16" ? "bfloat16" : "float32";
}

/** Storage type of keys and values as requested; undefined: that of the weights as stored. */
function kvDtypeOf({ kvCache = "auto", dtype = "auto" }: RoomOptions): KvDtype | undefined {
  if (kvCache !== "auto") return kvCache;
  return dtype === "auto" ? undefined : usualKvDtype(dtype);
}

function total(plan: MemoryPlan, storage: Storage, cache: number): number {
  return plan.weights[storage] + cache + plan.activations + plan.staging;
}

/** Options that would fit, the smallest change first. */
function suggestions(plan: MemoryPlan, storage: Storage, there: number, options: RoomOptions): string[] {
  const { maxLength, batchSize } = options;
  const ways: [Storage, KvDtype, string][] = [[storage, plan.kvDtype, ""]];
  if (plan.kvDtype !== "int8") ways.push([storage, "int8", "--kv-cache int8"]);
  if (storage === "float32") ways.push(["bfloat16", plan.kvDtype, "--dtype bfloat16"]);
  if (storage !== "int4") ways.push(["int4", plan.kvDtype, "--quantize int4"]);
  const fewer = options.serving === undefined ? [] : fewerSlots(plan, storage, there, options);
  return fewer.concat(ways.flatMap(([way, kvDtype, option]) => {
    const perToken = plan.cachePerToken[kvDtype] * batchSize;
    const whole = total(plan, way, perToken * maxLength);
    if (whole <= there) return `${option} (${whole} bytes)`;
    const left = there - total(plan, way, 0);
    const length = Math.floor(left / perToken / SHORTEST) * SHORTEST;
    if (length < SHORTEST || length >= maxLength) return [];
    const bytes = total(plan, way, perToken * length);
    return `${option ? `${option} ` : ""}--max-length ${length} (${bytes} bytes)`;
  }));
}

/** The number of slots of the same length that would fit. */
function fewerSlots(plan: MemoryPlan, storage: Storage, there: number, options: RoomOptions): string[] {
  const { maxLength, batchSize } = options;
  const perSlot = plan.cache / batchSize;
  const slots = Math.floor((there - total(plan, storage, 0)) / perSlot);
  if (slots < 1 || slots >= batchSize) return [];
  return [`--parallel ${slots} of ${maxLength} positions (${total(plan, storage, perSlot * slots)} bytes)`];
}
