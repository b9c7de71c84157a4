import { clock } from "../../base/clock.ts";
import type { Gpu } from "../../gpu/gpu.ts";
import { type Matrix, padTo8 } from "../../gpu/matrix.ts";
import { Plan } from "../../gpu/plan.ts";
import { timePlan } from "../../gpu/timing.ts";
import type { LoadedModel } from "../../model/weights/load.ts";
import { linear, storeTo } from "../../ops/linear.ts";
import { type Columns, type LinearVariant, linearVariants, tuningKey, tuningOf } from "../../ops/tuning.ts";
import { readTuning, writeTuning } from "./tuning_file.ts";

/** Milliseconds that tuning may take if not requested explicitly. */
export const TUNING_BUDGET_MS = 2000;
/** Number of runs of each variant; the median counts. */
const RUNS = 3;
/** Matrices of one shape are used in rotation, so that none stays cached, as in a real model. */
const MOST_MATRICES = 4;
/** Required speedup over the default; less is noise. */
const LEAST_GAIN = 1.03;
/** Tokens that a team computes at once in decoding and in a prompt, and number of tokens in total. */
const WORK = [{ columns: 1, tokens: 1 }, { columns: "prompt", tokens: 128 }] as const;

/** Timings for matrices of one shape, named as in `llama bench --tune --json`. */
export interface TuningRow {
  /** {@linkcode tuningKey} */
  readonly matrix: string;
  readonly tokens: number;
  /** The default first; null if the budget was spent before it was timed. */
  readonly variants: readonly (LinearVariant & { readonly ms: number | null })[];
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
      const variants: (LinearVariant & { ms: number | null })[] = [];
      for (const variant of linearVariants(gpu.traits, matrices[0], columns)) {
        options.signal?.throwIfAborted();
        chosen.set(key, variant);
        const ms = Math.max(0, now() - start) < budgetMs
          ? await timeVariant(model, matrices, columns, tokens, options)
          : null;
        variants.push({ ...variant, ms });
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

/** The default, unless all were timed and another is clearly faster. */
function fastest<Timed extends { ms: number | null }>(variants: readonly Timed[]): Timed {
  const [usual] = variants;
  if (variants.some(({ ms }) => ms === null)) return usual;
  const best = variants.reduce((a, b) => b.ms! < a.ms! ? b : a);
  return best.ms! * LEAST_GAIN < usual.ms! ? best : usual;
}

/** Milliseconds of a map with the currently chosen variant; its results are discarded. */
async function timeVariant(
  { gpu }: LoadedModel,
  all: readonly Matrix[],
  columns: Columns,
  tokens: number,
  { time = (plan, runs) => timePlan(gpu, plan, runs) }: TuneOptions,
): Promise<number> {
  const matrices = all.slice(0, MOST_MATRICES);
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
    const plan = new Plan(gpu);
    for (const matrix of matrices) {
      linear(plan, {
        ...{ label: matrix.label, matrix, x, xMirror, batch, columns },
        tokens: () => tokens,
        finish: storeTo(y, height),
      });
    }
    return await time(plan, RUNS) / matrices.length;
  } finally {
    for (const buffer of buffers) gpu.free(buffer);
    if (xMirror) gpu.free(xMirror);
  }
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
