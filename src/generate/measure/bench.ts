import { now, perSecond, since } from "../../base/clock.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { rowBytes } from "../../gpu/matrix.ts";
import { median } from "../../gpu/timing.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { Engine } from "../engine/engine.ts";
import { OFF } from "../options/table.ts";
import { type KernelProfile, profile, requireTimestamps } from "./profile.ts";
import type { GenerationRequest } from "../options/types.ts";

/** Figures of a model on a device, named as in `llama bench --json`. */
export interface BenchReport {
  readonly device: string;
  readonly dtype: string;
  readonly quantization: string;
  readonly copy_gb_per_second: number;
  readonly tests: { name: string; tokens: number; tokens_per_second: number; runs: number[] }[];
  readonly dispatches_per_token: number;
  readonly submits_per_token: number;
  readonly bytes_per_token: number;
  readonly encode_ms_per_token: number;
  readonly load_ms: number;
  readonly load_gb_per_second: number;
  /** Per-kernel profile, if requested. */
  readonly profile?: KernelProfile[];
}

/** Options of a benchmark. */
export interface BenchOptions {
  readonly promptTokens: readonly number[];
  readonly generateTokens: readonly number[];
  readonly repetitions: number;
  /** Length of the prompt whose last chunk, and a following step, are profiled. */
  readonly profileTokens?: number;
  readonly signal?: AbortSignal;
}

/**
 * Measures prompts and generation on the same path as `run`. Every run checks that it generated the requested
 * number of tokens.
 */
export async function bench(model: LoadedModel, options: BenchOptions): Promise<BenchReport> {
  if (options.profileTokens !== undefined) requireTimestamps(model.gpu);
  const longest = Math.max(1, ...options.promptTokens, ...options.generateTokens.map((n) => n + 1));
  const engine = new Engine(model, { maxLength: longest + 2, batchSize: 1, reuse: "none" });
  const tests: BenchReport["tests"][number][] = [];
  let submits = 0;
  let steps = 0;
  let encodeMs = 0;
  try {
    // The very first run compiles kernels.
    await timed(engine, model, longest, 2, options.signal);
    for (const tokens of options.promptTokens) {
      const runs: number[] = [];
      for (let i = 0; i < options.repetitions; i++) {
        const { promptMs } = await timed(engine, model, tokens, 1, options.signal);
        runs.push(perSecond(tokens, promptMs));
      }
      tests.push({ name: `pp${tokens}`, tokens, tokens_per_second: median(runs), runs });
    }
    for (const tokens of options.generateTokens) {
      const runs: number[] = [];
      [submits, steps, encodeMs] = [engine.counts.submits, engine.counts.steps, engine.counts.encodeMs];
      for (let i = 0; i < options.repetitions; i++) {
        // The first token counts as part of the prompt.
        const { generateMs } = await timed(engine, model, 1, tokens + 1, options.signal);
        runs.push(perSecond(tokens, generateMs));
      }
      [submits, steps, encodeMs] = [
        engine.counts.submits - submits,
        engine.counts.steps - steps,
        engine.counts.encodeMs - encodeMs,
      ];
      tests.push({ name: `tg${tokens}`, tokens, tokens_per_second: median(runs), runs });
    }
    const copyRate = await copySpeed(model.gpu);
    return {
      device: model.gpu.info.description || model.gpu.info.device,
      dtype: model.dtype,
      quantization: model.quantization,
      copy_gb_per_second: copyRate,
      tests,
      dispatches_per_token: engine.decoder!.dispatches(1, 1),
      submits_per_token: steps > 0 ? submits / steps : 1,
      bytes_per_token: bytesPerToken(model),
      encode_ms_per_token: steps > 0 ? encodeMs / steps : 0,
      load_ms: model.loadMs,
      load_gb_per_second: perSecond(model.weightBytes, model.loadMs) / 1e9,
      ...(options.profileTokens !== undefined && {
        profile: await profile(model, options.profileTokens, copyRate, options.signal),
      }),
    };
  } finally {
    engine.dispose();
  }
}

async function timed(
  engine: Engine,
  model: LoadedModel,
  prompt: number,
  generate: number,
  signal?: AbortSignal,
) {
  const most = model.config.vocabSize;
  const request: GenerationRequest = {
    ids: Array.from({ length: prompt }, (_, i) => (300 + i * 7919) % most),
    options: { ...OFF, maxNewTokens: generate },
  };
  let made = 0;
  for await (const event of engine.generate([{ request, index: 0 }], signal)) {
    made += event.tokens.length;
    if (event.timings) {
      if (made !== generate) throw new Error(`bench: made ${made} tokens, expected ${generate}`);
      return event.timings;
    }
  }
  throw new Error("bench: the run did not end");
}

/**
 * Bytes of weights read per token: everything except the embedding table, of which it reads one row, unless
 * the head is tied to it.
 */
function bytesPerToken({ weights, weightBytes }: LoadedModel): number {
  if (weights.heads.lm_head.weight === weights.embedTokens) return weightBytes;
  const { rows, columns, format } = weights.embedTokens;
  return weightBytes - (rows - 1) * rowBytes(columns, format);
}

/** Best bandwidth of a few copies from one buffer to another, in GB/s, counting reads and writes. */
export async function copySpeed(gpu: Gpu): Promise<number> {
  const bytes = Math.min(64 * 2 ** 20, gpu.maxBindingBytes);
  const [source, target] = [gpu.storage("copy source", bytes), gpu.storage("copy target", bytes)];
  let best = Infinity;
  try {
    for (let i = 0; i < 5; i++) {
      const encoder = gpu.device.createCommandEncoder();
      for (let n = 0; n < 4; n++) encoder.copyBufferToBuffer(source, 0, target, 0, bytes);
      const commands = encoder.finish();
      const start = now();
      gpu.submit(commands);
      await gpu.device.queue.onSubmittedWorkDone();
      best = Math.min(best, since(start));
    }
  } finally {
    gpu.free(source);
    gpu.free(target);
  }
  return perSecond(2 * 4 * bytes, best) / 1e9;
}
