import type { Gpu } from "../gpu/gpu.ts";

/** Result of comparing one kernel with its float64 reference. */
export interface Finding {
  readonly kernel: string;
  /** The sizes that were run, and the storage type of the weights. */
  readonly shape: string;
  /** The largest error relative to its bound; null if it is not a number. */
  readonly worst: number | null;
  /** Error bound from rounding at that place. */
  readonly allowed: number;
  readonly ok: boolean;
  /** The driver's message, if it did not run the kernel. */
  readonly problem?: string;
}

/** One kernel on the sizes of a model, and the function that runs it. */
export interface Trial {
  readonly kernel: string;
  readonly shape: string;
  run(gpu: Gpu): Promise<Measured>;
}

/** Results, expected values, and error bounds. */
export interface Measured {
  readonly got: ArrayLike<number>;
  readonly want: ArrayLike<number>;
  readonly bound: (index: number) => number;
}

/** The place with the largest error relative to its bound; a NaN exceeds everything. */
export function judge({ got, want, bound }: Measured): Pick<Finding, "worst" | "allowed" | "ok"> {
  let [worst, allowed, share] = [0, 0, -1];
  for (let i = 0; i < want.length; i++) {
    const error = Math.abs(got[i] - want[i]);
    const limit = bound(i);
    const here = error === 0 ? 0 : error / limit;
    if (here <= share) continue;
    [worst, allowed, share] = [error, limit, here];
    if (Number.isNaN(here)) break;
  }
  return { worst: Number.isFinite(worst) ? worst : null, allowed, ok: share <= 1 };
}
