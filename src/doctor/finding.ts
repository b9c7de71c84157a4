import type { Gpu } from "../gpu/gpu.ts";

/** What became of one kernel beside its float64 twin. */
export interface Finding {
  readonly kernel: string;
  /** The sizes it ran on, and the storage type of its weights. */
  readonly shape: string;
  /** The error that is worst beside what is allowed; null where it is no number. */
  readonly worst: number | null;
  /** What rounding explains at that place. */
  readonly allowed: number;
  readonly ok: boolean;
  /** What the driver said, where it would not run the kernel. */
  readonly problem?: string;
}

/** One kernel on the sizes of a model, and how it is run. */
export interface Trial {
  readonly kernel: string;
  readonly shape: string;
  run(gpu: Gpu): Promise<Measured>;
}

/** Results, what they should be, and how far they may be off. */
export interface Measured {
  readonly got: ArrayLike<number>;
  readonly want: ArrayLike<number>;
  readonly bound: (index: number) => number;
}

/** The place whose error is worst beside its bound; a NaN is worse than anything. */
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
