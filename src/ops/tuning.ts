import type { Gpu, GpuTraits } from "../gpu/gpu.ts";
import { isInt4, type Matrix, type MatrixFormat } from "../gpu/matrix.ts";

/**
 * How the work of a linear map is divided. None of the numbers changes the order of a sum, so all variants
 * give bit-identical results.
 */
export interface LinearVariant {
  /** Matrix rows that a team, or a thread of a tile, computes at once. */
  readonly rows: number;
  /** Threads per workgroup: several teams, or one tile. */
  readonly threads: number;
  /** Matrix rows per tile; unset, like tileTokens, for teams. */
  readonly tileRows?: number;
  /** Tokens per tile. */
  readonly tileTokens?: number;
}

/** A variant that computes tiles. */
export type TileVariant = Required<LinearVariant>;

/**
 * Tokens that a team computes at once, which does not change results; or "prompt": the device's choice for
 * prompts. Prompt rows sum in a different order if {@linkcode inTiles} says so.
 */
export type Columns = number | "prompt";

/** The properties of a matrix that a variant depends on. */
export type TunedMatrix = Pick<
  Matrix,
  "rows" | "columns" | "format" | "storage" | "lineRows" | "columnOrder"
>;

/** Rows of a matrix that give every GPU enough teams of eight rows. */
const MANY_ROWS = 16384;

/** Tokens per team in a prompt that is not computed in tiles. */
const PROMPT_COLUMNS = 4;

/**
 * The variants for each class of device and matrix, the default first. Software drivers: rows share the loads
 * of x, which are word by word, and mirrors need eight rows. Rows that share lines (`lineRows`) are eight per
 * thread.
 *
 * GPUs keep sums in registers: rows times tokens are limited. In 4 bits the teams of a workgroup share staged inputs.
 *
 * Tiles use at most the 16 KiB of workgroup memory and half the 256 threads that every WebGPU device has. The
 * first variant fits the registers of any GPU (32 sums per thread); with 64 sums, there are fewer loads of
 * workgroup memory than products (NVIDIA, AMD); small tiles give more workgroups for a small matrix.
 */
const VARIANTS: Readonly<
  Record<"hardware" | "hardwareInt4" | "software" | "lines" | "tile", readonly LinearVariant[]>
> = {
  hardware: [
    { rows: 4, threads: 64 },
    { rows: 4, threads: 128 },
    { rows: 2, threads: 64 },
    { rows: 2, threads: 128 },
    { rows: 8, threads: 64 },
    { rows: 2, threads: 256 },
    { rows: 4, threads: 256 },
  ],
  hardwareInt4: [
    { rows: 4, threads: 128 },
    { rows: 4, threads: 64 },
    { rows: 4, threads: 256 },
    { rows: 8, threads: 128 },
    { rows: 8, threads: 64 },
    { rows: 2, threads: 64 },
    { rows: 2, threads: 128 },
    { rows: 2, threads: 256 },
  ],
  tile: [
    { rows: 8, threads: 128, tileRows: 64, tileTokens: 64 },
    { rows: 8, threads: 64, tileRows: 64, tileTokens: 64 },
    { rows: 8, threads: 128, tileRows: 128, tileTokens: 64 },
    { rows: 8, threads: 64, tileRows: 64, tileTokens: 32 },
    { rows: 4, threads: 128, tileRows: 64, tileTokens: 32 },
    { rows: 4, threads: 64, tileRows: 32, tileTokens: 32 },
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

/**
 * Threads per team of a linear map: fixed by the device, because they determine the order of sums. On GPUs at least 16,
 * so that matrices of few rows have enough threads and neighbours read adjacent bytes.
 */
export function teamLanes({ subgroupSize, software }: Pick<GpuTraits, "subgroupSize" | "software">): number {
  if (software) return subgroupSize || 8;
  return subgroupSize >= 16 ? subgroupSize : 32;
}

/** Vec4s of each unit that a walk in 4 bits stages at once: 4 KiB of workgroup memory, if two fit. */
export function stagedVecs(lanes: number, cols: number): number {
  return Math.min(8, Math.max(2, 256 / lanes / cols));
}

/**
 * True if a device computes prompts in tiles: barriers and workgroup memory are expensive on software
 * drivers.
 */
export function inTiles({ software }: Pick<GpuTraits, "software">, columns: Columns): columns is "prompt" {
  return columns === "prompt" && !software;
}

/**
 * Most sums of a thread that a GPU keeps in registers: NVIDIA's compiler (subgroups of 32) keeps more loads there too, and
 * threads of larger subgroups have fewer registers. In 4 bits there are two for each result.
 */
function mostSums({ subgroupSize }: Pick<GpuTraits, "subgroupSize">, int4: boolean): number {
  return subgroupSize >= 64 ? 8 : int4 || subgroupSize === 32 ? 16 : 32;
}

/** Turns of a lane whose weights, in floats, a GPU loads together: they take registers too. */
export function turnsAhead(traits: Pick<GpuTraits, "subgroupSize">, sums: number): number {
  return sums <= mostSums(traits, false) / 4 ? 2 : 1;
}

/**
 * Tokens per team on a device that does not compute them in tiles.
 * @param rows matrix rows of a team
 */
export function teamColumns(traits: GpuTraits, format: MatrixFormat, columns: Columns, rows: number): number {
  const wanted = columns === "prompt" ? PROMPT_COLUMNS : columns;
  if (traits.software) return wanted;
  return Math.min(wanted, 256 / teamLanes(traits), mostSums(traits, isInt4(format)) / rows);
}

/** The possible variants of a linear map on a device; the first is the default. */
export function linearVariants(
  traits: GpuTraits,
  matrix: TunedMatrix,
  columns: Columns = 1,
): LinearVariant[] {
  if (inTiles(traits, columns)) return [...VARIANTS.tile];
  if (matrix.lineRows === 8) return [...VARIANTS.lines];
  const lanes = teamLanes(traits);
  const fits = ({ threads }: LinearVariant) => threads % lanes === 0;
  if (traits.software) return VARIANTS.software.filter(fits);
  const int4 = isInt4(matrix.format);
  // Two rows are the fewest that a thread finishes.
  const cols = teamColumns(traits, matrix.format, columns, 2);
  const variants = VARIANTS[int4 ? "hardwareInt4" : "hardware"].filter((variant) =>
    fits(variant) && variant.rows * cols <= mostSums(traits, int4)
  );
  const usual = int4
    ? usualInt4(lanes, cols, matrix.rows)
    : { rows: Math.min(4, mostSums(traits, false) / Math.max(cols, 4)), threads: Math.max(64, lanes) };
  const first = variants.findIndex((variant) => sameVariant(variant, usual));
  return [...variants.splice(first, 1), ...variants];
}

/** The default in 4 bits; more threads share the staged inputs of more tokens. */
function usualInt4(lanes: number, cols: number, rows: number): LinearVariant {
  if (lanes >= 64) return { rows: 2, threads: 256 };
  if (cols > 2) return { rows: cols > 4 ? 2 : 4, threads: 256 };
  return { rows: cols === 1 && rows >= MANY_ROWS ? 8 : 4, threads: 128 };
}

/**
 * Bytes of workgroup memory that a tile needs: sixteen columns of weights and inputs, see
 * kernels/linear/tile.wgsl.
 */
export function tileBytes({ rows, tileRows, tileTokens }: TileVariant): number {
  return 4 * 16 * (tileRows + rows + 2 + tileTokens + 2);
}

/** Key of a tuning choice: shape and storage of a matrix, and tokens that a team computes at once. */
export function tuningKey(matrix: TunedMatrix, columns: Columns): string {
  const { format } = matrix;
  const stored = isInt4(format) ? `int4/${format.groupSize} ${format.scaleDtype} ${format.zeroKind}` : format;
  const layout = `${matrix.storage}${matrix.lineRows === 8 ? " lines" : ""}${
    matrix.columnOrder ? " ordered" : ""
  }`;
  const work = columns === "prompt" ? "prompt" : `${columns} at once`;
  return `${matrix.rows} × ${matrix.columns} ${stored} ${layout}, ${work}`;
}

const choices = new WeakMap<Gpu, Map<string, LinearVariant>>();

/** The choices for a device so far, by {@link tuningKey}; plans recorded from now on use them. */
export function tuningOf(gpu: Gpu): Map<string, LinearVariant> {
  let known = choices.get(gpu);
  if (!known) choices.set(gpu, known = new Map());
  return known;
}

/** The chosen variant; the default if none was chosen that the device can run. */
export function chosenVariant(gpu: Gpu, matrix: TunedMatrix, columns: Columns): LinearVariant {
  const variants = linearVariants(gpu.traits, matrix, columns);
  const chosen = tuningOf(gpu).get(tuningKey(matrix, columns));
  return variants.find((variant) => chosen && sameVariant(variant, chosen)) ?? variants[0];
}

/** True if two variants are equal. */
export function sameVariant(one: LinearVariant, other: LinearVariant): boolean {
  return one.rows === other.rows && one.threads === other.threads && one.tileRows === other.tileRows &&
    one.tileTokens === other.tileTokens;
}
