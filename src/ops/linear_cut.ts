import type { Gpu, GpuTraits } from "../gpu/gpu.ts";
import type { KernelConstants } from "../gpu/link.ts";
import { int4Units, isInt4, type Matrix, padTo8 } from "../gpu/matrix.ts";
import type { Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";
import {
  chosenVariant,
  type Columns,
  inTiles,
  type LinearVariant,
  stagedVecs,
  teamColumns,
  teamLanes,
  type TileVariant,
  turnsAhead,
} from "./tuning.ts";

/** Maximum workgroups per dimension. */
const MOST_GROUPS = 65535;

/** Kernel, parts and workgroup counts of a linear map for one matrix. */
interface Cut {
  readonly parts: readonly string[];
  readonly kernel: string;
  readonly constants: KernelConstants;
  /** Workgroups for that many rows; tokens are counted at run time. */
  readonly workgroups: (rows: number, tokens: () => number) => () => Workgroups;
}

/**
 * Chooses how a device computes a matrix times that many tokens at once.
 * @param leastRows adjacent rows that a thread must have together
 */
export function cutOf(gpu: Gpu, matrix: Matrix, columns: Columns, leastRows = 1): Cut {
  const chosen = chosenVariant(gpu, matrix, columns);
  const variant = { ...chosen, rows: Math.max(chosen.rows, leastRows) };
  if (inTiles(gpu.traits, columns)) return tile(matrix, gpu.traits, variant as TileVariant);
  const { rows, threads } = variant;
  const cols = teamColumns(gpu.traits, matrix.format, columns, rows);
  const { parts, constants, lanes } = walkOf(matrix, gpu.traits, variant, cols);
  return {
    parts: [...parts, kernels.tokens[gpu.traits.software ? "loop" : "lanes"]],
    kernel: kernels.linear,
    constants: { ROWS: rows, COLS: cols, LANES: lanes, THREADS: threads, ...constants },
    workgroups: (count, tokens) => {
      const [x, y] = folded(Math.ceil(count / (rows * threads / lanes)));
      return () => [x, y, Math.ceil(tokens() / cols)];
    },
  };
}

/** Tiles of rows and tokens. */
function tile(
  matrix: Matrix,
  { subgroupSize }: GpuTraits,
  { rows, threads, tileRows, tileTokens }: TileVariant,
): Cut {
  const { format, columns, columnOrder } = matrix;
  const weights = isInt4(format) ? [kernels.int4Terms, kernels.tileInt4] : [kernels.weights[format]];
  return {
    parts: [...weights, placesOf(matrix), kernels.columns[columnOrder ? "ordered" : "plain"]],
    kernel: kernels.tile,
    constants: {
      ROWS: rows,
      COLS: tileRows * tileTokens / threads / rows,
      THREADS: threads,
      ROW_THREADS: tileRows / rows,
      // More sums, or the threads of large subgroups, leave no registers for it.
      PREFETCH: subgroupSize < 64 && tileRows * tileTokens / threads <= 32,
      BLOCKS: padTo8(columns) / 8,
      ...int4Constants(matrix),
    },
    workgroups: (count, tokens) => {
      const [y, z] = folded(Math.ceil(count / tileRows));
      return () => [Math.ceil(tokens() / tileTokens), y, z];
    },
  };
}

/** How a team of threads iterates over the columns of a matrix, and its number of threads. */
function walkOf(
  matrix: Matrix,
  traits: GpuTraits,
  { rows, threads }: LinearVariant,
  cols: number,
): {
  parts: string[];
  constants: KernelConstants;
  lanes: number;
} {
  const { format, columns, columnOrder, lineRows } = matrix;
  const lanes = teamLanes(traits);
  const sums = kernels.linearSums[traits.subgroupSize === lanes ? "subgroup" : "workgroup"];
  if (!isInt4(format)) {
    const walk = traits.software ? kernels.walkFloat : kernels.walkFloatAhead;
    return {
      parts: [kernels.weights[format], placesOf(matrix), walk, sums],
      constants: {
        BLOCKS: padTo8(columns) / 8,
        ...(traits.software ? {} : { AHEAD: turnsAhead(traits, rows * cols) }),
      },
      lanes,
    };
  }
  const constants = { X_VECS: padTo8(columns) / 4, ...int4Constants(matrix) };
  const shared = [
    kernels.columns[columnOrder ? "ordered" : "plain"],
    kernels.int4Terms,
    kernels.codes[codesOf(traits, cols)],
    kernels.weightsInt4,
  ];
  if (!traits.software) {
    const staged = stagedVecs(lanes, cols);
    return {
      parts: [...shared, kernels.walkInt4Staged, sums],
      constants: {
        ...constants,
        STAGED: staged,
        STAGE_TURNS: Math.ceil(staged / 2 * lanes * cols / threads),
      },
      lanes,
    };
  }
  if (lineRows === 8) {
    const parts = [...shared, kernels.walkInt4Rows, kernels.linearSums.none];
    return { parts, constants, lanes: 1 };
  }
  return { parts: [...shared, kernels.walkInt4Lanes, sums], constants, lanes };
}

/**
 * How 4-bit codes become floats, exactly in each way: bytes are the fewest instructions on AMD and Intel, but need
 * registers that several tokens need more; NVIDIA converts integers slowly.
 */
function codesOf({ software, subgroupSize }: GpuTraits, cols: number): keyof typeof kernels.codes {
  if (software) return "masked";
  return cols > 1 || subgroupSize === 32 ? "magic" : "bytes";
}

/** The part that maps rows of a matrix to storage places. */
function placesOf({ apart }: Matrix): string {
  return kernels.places[apart === 1 ? "plain" : "apart"];
}

/** Layout constants of a row in 4 bits; none for floats. */
function int4Constants({ format, columns }: Matrix): KernelConstants {
  if (!isInt4(format)) return {};
  return {
    CODE_UNITS: int4Units(columns),
    GROUP_UNITS: int4Units(format.groupSize),
    BFLOAT_SCALES: format.scaleDtype === "bfloat16",
    ZERO_IS_VALUE: format.zeroKind === "value",
  };
}

/** Splits workgroups over two dimensions, as one has a limit. */
function folded(groups: number): [number, number] {
  return [Math.min(groups, MOST_GROUPS), Math.ceil(groups / MOST_GROUPS)];
}
