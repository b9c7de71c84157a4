import { perSecond } from "../../base/clock.ts";
import { EnvironmentError } from "../../base/errors.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { type StepTime, timeSteps } from "../../gpu/timing.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { GREEDY } from "../../ops/sample.ts";
import { Decoder } from "../decode/decoder.ts";

/** Number of runs of each dispatch; the median counts. */
const RUNS = 5;

/** All dispatches of one kind, named as in `llama bench --json`. */
export interface KernelProfile {
  readonly phase: "prompt" | "step";
  /** Number of rows that the phase computes. */
  readonly tokens: number;
  /** Label of the dispatch without its layer. */
  readonly kernel: string;
  readonly dispatches: number;
  readonly ms: number;
  /** Minimum bytes read. */
  readonly bytes: number;
  readonly weight_bytes: number;
  readonly operations: number;
  readonly gb_per_second: number;
  readonly gflop_per_second: number;
  /** Fraction of the device's copy bandwidth, 0 to 1. */
  readonly share_of_copy: number;
  /** Fraction of the phase's time, 0 to 1. */
  readonly share: number;
}

/** @throws EnvironmentError if the device has no timestamps, which profiling needs */
export function requireTimestamps({ traits, info }: Gpu): void {
  if (traits.timestamps) return;
  const device = info.description || info.device || "this device";
  throw new EnvironmentError(`--profile: expected a device with timestamp-query, ${device} has none`);
}

/**
 * Times each kernel of one prompt chunk and of one decoding step after it.
 * @param tokens length of the prompt
 * @param copyRate copy bandwidth, in GB/s
 * @throws EnvironmentError as {@linkcode requireTimestamps}
 */
export async function profile(
  model: LoadedModel,
  tokens: number,
  copyRate: number,
  signal?: AbortSignal,
): Promise<KernelProfile[]> {
  const { gpu, config } = model;
  requireTimestamps(gpu);
  // Each step advances the state, and so does the choice of a first token.
  const reach = tokens + 2 * (RUNS + 1);
  const decoder = new Decoder(model, 1, reach + 1);
  try {
    const prompt = {
      slot: 0,
      ids: Array.from({ length: tokens }, (_, i) => (300 + i * 7919) % config.vocabSize),
    };
    decoder.admit(prompt, GREEDY, []);
    await decoder.prefill([prompt], signal);
    const plans = decoder.plans(reach);
    const [chunk, step] = [
      await timeSteps(gpu, plans.prompt, RUNS),
      await timeSteps(gpu, plans.step, RUNS),
    ];
    return [
      ...summed(chunk, "prompt", plans.promptRows, copyRate),
      ...summed(step, "step", 1, copyRate),
    ];
  } finally {
    decoder.dispose();
  }
}

/** `layers.3.self_attn.qkv_proj` → `qkv_proj`; `layers.3.self_attn combine` → `attention combine`. */
export function kernelName(label: string): string {
  return label.replace(/^layers\.\d+\./, "").replace(/^(self_attn|mlp)\./, "").replace(
    /^self_attn/,
    "attention",
  );
}

/** Dispatches grouped by kind, in the order in which each kind first ran. */
export function summed(
  times: readonly StepTime[],
  phase: KernelProfile["phase"],
  tokens: number,
  copyRate: number,
): KernelProfile[] {
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  return [...Map.groupBy(times, ({ step }) => kernelName(step.label))].map(([kernel, members]) => {
    const sum = (value: (one: StepTime) => number) => members.reduce((all, one) => all + value(one), 0);
    const costs = new Map(members.map(({ step }) => [step, step.cost?.()]));
    const ms = sum((one) => one.ms);
    const bytes = sum(({ step }) => costs.get(step)?.bytes ?? 0);
    const operations = sum(({ step }) => costs.get(step)?.operations ?? 0);
    const rate = perSecond(bytes, ms) / 1e9;
    return {
      phase,
      tokens,
      kernel,
      dispatches: members.length,
      ms,
      bytes,
      weight_bytes: sum(({ step }) => costs.get(step)?.weightBytes ?? 0),
      operations,
      gb_per_second: rate,
      gflop_per_second: perSecond(operations, ms) / 1e9,
      share_of_copy: copyRate > 0 ? rate / copyRate : 0,
      share: total > 0 ? ms / total : 0,
    };
  });
}
