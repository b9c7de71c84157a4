import { clock } from "../../base/clock.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { type Matrix, padTo8, rowBytes } from "../../gpu/matrix.ts";
import { Plan } from "../../gpu/plan.ts";
import { median, timePlan } from "../../gpu/timing.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { linear, storeTo } from "../../ops/linear.ts";
import { type Columns, type LinearVariant, linearVariants, tuningKey, tuningOf } from "../../ops/tuning.ts";
import { readTuning, writeTuning } from "./tuning_file.ts";

/** Milliseconds that tuning may take if not requested explicitly. */
export const TUNING_BUDGET_MS = 2000;
/** Runs of each variant, in turns, because a GPU's clock rises at first; the median counts. */
const ROUNDS = 3;
/**
 * Matrices of one shape are used in rotation, so that none stays cached, as in a real model: more bytes than
 * the last cache of a GPU holds, or enough for a CPU.
 */
const LEAST_BYTES = 2 ** 28;
const SOFTWARE_MATRICES = 4;
/** Required speedup over the default; less is noise. */
const LEAST_GAIN = 1.03;
/** Tokens that a team computes at once in decoding and in a prompt, and number of tokens in total. */
const WORK = [
  { columns: 1, tokens: 1 },
  { columns: "prompt", tokens: 128 },
  { columns: 2, tokens: 2 },
  { columns: 4, tokens: 4 },
  { columns: 8, tokens: 8 },
] as const;

/** Timings for matrices of one shape, named as in `llama bench --tune --json`. */
export interface TuningRow {
  /** {@linkcode tuningKey} */
  readonly matrix: string;
  readonly tokens: number;
  /** The default first. */
  readonly variants: readonly (LinearVariant & { readonly ms: number })[];
  readonly chosen: LinearVariant;
}

/** Tuning options; the clock, the device and the disk can be replaced in tests. */
export interface TuneOptions {
  /** Total milliseconds; matrices that do not fit keep their default. */
  readonly budgetMs?: number;
  /**
   * Also times matrices that are already known, and runs on software drivers, where tuning is not worth the
   * wait by default.
   */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  readonly time?: (plan: Plan, runs: number) => Promise<number>;
  /** File that stores the choices; undefined if there is none. */
  readonly file?: string;
}

/**
 * Chooses the fastest variant of each linear map of a model on its device, by timing those not known yet.
 * Plans recorded afterwards use the choices; results do not change by one bit.
 * @returns the variants timed
 */
export async function tune(model: LoadedModel, options: TuneOptions = {}): Promise<TuningRow[]> {
  const { gpu } = model;
  const { budgetMs = Infinity, now = clock.now, file } = options;
  const chosen = tuningOf(gpu);
  if (gpu.traits.software && !options.again) return [];
  const start = now();
  const rows: TuningRow[] = [];
  for (const { columns, tokens } of WORK) {
    for (const [key, matrices] of Map.groupBy(linearsOf(model), (matrix) => tuningKey(matrix, columns))) {
      if (chosen.has(key) && !options.again) continue;
      // The first is timed to its end in any case: each start knows more than the one before.
      const isOver = () => rows.length > 0 && now() - start >= budgetMs;
      const variants = isOver()
        ? undefined
        : await timeVariants(model, key, { matrices, columns, tokens }, options, isOver);
      if (!variants) {
        chosen.delete(key);
        continue;
      }
      const { ms: _, ...choice } = fastest(variants);
      chosen.set(key, choice);
      rows.push({ matrix: key, tokens, variants, chosen: choice });
    }
  }
  if (rows.length > 0) await writeTuning(file, gpu.info, chosen);
  return rows;
}

/** Loads the stored choices for a device; call before {@linkcode tune} and before recording. */
export async function recallTuning(gpu: Gpu, file: string | undefined): Promise<void> {
  const chosen = tuningOf(gpu);
  for (const [key, variant] of await readTuning(file, gpu.info)) chosen.set(key, variant);
}

/** The default, unless another is clearly faster. */
function fastest<Timed extends { ms: number }>(variants: readonly Timed[]): Timed {
  const [usual] = variants;
  const best = variants.reduce((a, b) => b.ms < a.ms ? b : a);
  return best.ms * LEAST_GAIN < usual.ms ? best : usual;
}

/** Equal matrices, and the number of tokens they are multiplied with. */
interface Work {
  readonly matrices: readonly Matrix[];
  readonly columns: Columns;
  readonly tokens: number;
}

/** Milliseconds of a map with each variant, its results discarded; undefined if the budget ends before. */
async function timeVariants(
  { gpu }: LoadedModel,
  key: string,
  { matrices: all, columns, tokens }: Work,
  { signal, time = (plan, runs) => timePlan(gpu, plan, runs) }: TuneOptions,
  isOver: () => boolean,
): Promise<(LinearVariant & { ms: number })[] | undefined> {
  const matrices = all.slice(0, matricesToTime(gpu, all));
  const [width, height] = [padTo8(matrices[0].columns), padTo8(matrices[0].rows)];
  const buffers = [
    gpu.storage("tuning input", tokens * width * 4),
    gpu.storage("tuning output", tokens * height * 4),
    gpu.storage("tuning batch", 16 + tokens * 16),
  ];
  const [x, y, batch] = buffers;
  // As in a model.
  const xMirror = gpu.traits.software && width / 4 <= gpu.device.limits.maxTextureDimension2D
    ? gpu.mirror("tuning input mirror", width / 4, tokens)
    : undefined;
  try {
    gpu.write(batch, 0, new Uint32Array([tokens]));
    const timed = linearVariants(gpu.traits, matrices[0], columns).map((variant) => ({
      variant,
      plan: undefined as Plan | undefined,
      times: [] as number[],
    }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const one of timed) {
        signal?.throwIfAborted();
        if (isOver()) return undefined;
        tuningOf(gpu).set(key, one.variant);
        one.plan ??= planOf(gpu, matrices, { x, xMirror, batch, columns, tokens, y, height });
        one.times.push(await time(one.plan, 1) / matrices.length);
      }
    }
    return timed.map(({ variant, times }) => ({ ...variant, ms: median(times) }));
  } finally {
    for (const buffer of buffers) gpu.free(buffer);
    if (xMirror) gpu.free(xMirror);
  }
}

/** The map of each matrix, with the currently chosen variant. */
function planOf(
  gpu: Gpu,
  matrices: readonly Matrix[],
  { tokens, y, height, ...step }: {
    readonly x: GPUBuffer;
    readonly xMirror?: GPUTexture;
    readonly batch: GPUBuffer;
    readonly columns: Columns;
    readonly tokens: number;
    readonly y: GPUBuffer;
    readonly height: number;
  },
): Plan {
  const plan = new Plan(gpu);
  for (const matrix of matrices) {
    linear(plan, {
      ...{ label: matrix.label, matrix, ...step },
      tokens: () => tokens,
      finish: storeTo(y, height),
    });
  }
  return plan;
}

/** Number of matrices that together are larger than a cache. */
function matricesToTime({ traits }: Gpu, [{ rows, columns, format }]: readonly Matrix[]): number {
  return traits.software ? SOFTWARE_MATRICES : Math.ceil(LEAST_BYTES / (rows * rowBytes(columns, format)));
}

/** The matrices of all linear maps. */
function linearsOf({ weights }: LoadedModel): Matrix[] {
  return [
    ...weights.layers.flatMap(({ selfAttn, mlp }) => [
      selfAttn.qkvProj,
      selfAttn.oProj,
      mlp.gateUpProj,
      mlp.downProj,
    ]),
    ...Object.values(weights.heads),
  ].map(({ weight }) => weight);
}
