import type { Gpu, GpuTraits } from "../gpu/gpu.ts";
import { isInt4, type Matrix } from "../gpu/matrix.ts";

/**
 * How the work of a linear map is cut. Neither number changes the order of a sum, so the results are the same to the
 * bit whatever is chosen.
 */
export interface LinearVariant {
  /** Matrix rows that a team computes at once. */
  readonly rows: number;
  /** Threads a workgroup: some teams. */
  readonly threads: number;
}

/** What a variant is chosen for. */
export type TunedMatrix = Pick<
  Matrix,
  "rows" | "columns" | "format" | "storage" | "lineRows" | "columnOrder"
>;

/**
 * The variants of each class of device and matrix, the default first. Software drivers: rows share the loads of x,
 * which they make word by word, and mirrors want eight. Rows that share lines (`lineRows`) are eight a thread.
 */
const VARIANTS: Readonly<Record<"hardware" | "software" | "lines", readonly LinearVariant[]>> = {
  hardware: [
    { rows: 4, threads: 64 },
    { rows: 4, threads: 128 },
    { rows: 2, threads: 64 },
    { rows: 2, threads: 128 },
    { rows: 8, threads: 64 },
    { rows: 2, threads: 256 },
    { rows: 4, threads: 256 },
  ],
  software: [
    { rows: 8, threads: 64 },
    { rows: 8, threads: 32 },
    { rows: 8, threads: 128 },
  ],
  lines: [
    { rows: 8, threads: 8 },
    { rows: 8, threads: 16 },
    { rows: 8, threads: 32 },
  ],
};

/** Threads a team of a linear map: fixed by the device, as they order its sums. */
export function teamLanes({ subgroupSize }: Pick<GpuTraits, "subgroupSize">): number {
  return subgroupSize || 8;
}

/** What a linear map of a matrix may be cut into on a device; the first is the default. */
export function linearVariants(traits: GpuTraits, matrix: TunedMatrix): LinearVariant[] {
  if (matrix.lineRows === 8) return [...VARIANTS.lines];
  const lanes = teamLanes(traits);
  return VARIANTS[traits.software ? "software" : "hardware"].filter(({ threads }) => threads % lanes === 0);
}

/** Names what a choice is for: shape and storage of a matrix, and how many tokens a team computes at once. */
export function tuningKey(matrix: TunedMatrix, columns: number): string {
  const { format } = matrix;
  const stored = isInt4(format) ? `int4/${format.groupSize} ${format.scaleDtype} ${format.zeroKind}` : format;
  const lies = `${matrix.storage}${matrix.lineRows === 8 ? " lines" : ""}${
    matrix.columnOrder ? " ordered" : ""
  }`;
  return `${matrix.rows} × ${matrix.columns} ${stored} ${lies}, ${columns} at once`;
}

const choices = new WeakMap<Gpu, Map<string, LinearVariant>>();

/** What was chosen on a device so far, by {@link tuningKey}; plans recorded from now on go by it. */
export function tuningOf(gpu: Gpu): Map<string, LinearVariant> {
  let known = choices.get(gpu);
  if (!known) choices.set(gpu, known = new Map());
  return known;
}

/** The chosen variant, or the default where none was chosen that the device can run. */
export function chosenVariant(gpu: Gpu, matrix: TunedMatrix, columns: number): LinearVariant {
  const variants = linearVariants(gpu.traits, matrix);
  const chosen = tuningOf(gpu).get(tuningKey(matrix, columns));
  return variants.find(({ rows, threads }) => rows === chosen?.rows && threads === chosen.threads) ??
    variants[0];
}
