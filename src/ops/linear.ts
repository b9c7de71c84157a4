import { link } from "../gpu/link.ts";
import type { KernelConstants } from "../gpu/link.ts";
import type { GpuTraits } from "../gpu/gpu.ts";
import { int4Units, isInt4, type Matrix, padTo8, rowBytes, storageConstants } from "../gpu/matrix.ts";
import type { Bindings, Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";
import { chosenVariant, teamLanes } from "./tuning.ts";

/** What becomes of a linear map's results. */
export interface Finish {
  /** The part of the kernel that takes the results, and what it needs linked before it. */
  readonly parts: readonly string[];
  readonly constants: KernelConstants;
  readonly bindings: Bindings;
}

/** A linear map of every row of the batch. */
export interface LinearStep {
  readonly label: string;
  readonly matrix: Matrix;
  /** Input, [tokens, columns padded to 8], float32. */
  readonly x: GPUBuffer;
  /** The same as a texture, where its writer keeps one. */
  readonly xMirror?: GPUTexture;
  readonly batch: GPUBuffer;
  /** How many tokens there are when the step runs. */
  readonly tokens: () => number;
  /** Tokens a team computes at once; results do not depend on it. */
  readonly columns: number;
  /** RMSNorm of the input, folded in. */
  readonly norm?: { readonly weight: GPUBuffer; readonly eps: number };
  /** A float32 a row. */
  readonly bias?: GPUBuffer;
  readonly finish: Finish;
}

/** Storage buffers that a linear map binds at most. */
const MOST_STORAGE_BUFFERS = 10;

/** Appends y = finish(W · norm(x) + bias), a dispatch for each part of the matrix. */
export function linear(plan: Plan, step: LinearStep): void {
  const { matrix, norm, bias, finish, xMirror } = step;
  const units = padTo8(matrix.columns) / 4;
  const { maxUniformBufferBindingSize, maxStorageBuffersPerShaderStage } = plan.gpu.device.limits;
  // Devices may bind as few as 8 storage buffers; qkv_proj has 8, one more with a bias, and one with an order of columns.
  const uniformNorm = (plan.gpu.traits.software || maxStorageBuffersPerShaderStage < MOST_STORAGE_BUFFERS) &&
    units * 16 <= maxUniformBufferBindingSize;
  const { parts, constants, lanes } = walkOf(matrix, plan.gpu.traits);
  const { rows, threads } = chosenVariant(plan.gpu, matrix, step.columns);
  for (const part of matrix.parts) {
    const code = link([
      kernels.stored[matrix.lineRows === 8 ? "lines" : matrix.storage],
      ...parts,
      kernels.batchLayout,
      kernels.batch,
      kernels.input[xMirror ? "texture" : "buffer"],
      ...(norm
        ? [kernels.normPlace[uniformNorm ? "uniform" : "storage"], kernels.normRms]
        : [kernels.normNone]),
      bias ? kernels.biasAdd : kernels.biasNone,
      ...finish.parts,
      kernels.linear,
    ], {
      ROWS: rows,
      COLS: step.columns,
      LANES: lanes,
      THREADS: threads,
      ROW_COUNT: part.rows,
      FIRST_ROW: part.firstRow,
      ...(xMirror ? {} : { X_UNITS: units }),
      ...(norm ? { WIDTH: matrix.columns, EPS: norm.eps } : {}),
      ...(norm && uniformNorm ? { NORM_UNITS: units } : {}),
      ...constants,
      ...storageConstants(matrix),
      ...finish.constants,
    });
    const groups = Math.ceil(part.rows / (rows * threads / lanes));
    const x = Math.min(groups, 65535);
    const y = Math.ceil(groups / 65535);
    plan.add(
      step.label,
      code,
      {
        0: part.store,
        1: xMirror ?? step.x,
        2: step.batch,
        4: norm?.weight,
        5: bias,
        10: matrix.columnOrder,
        ...finish.bindings,
      },
      (): Workgroups => [x, y, Math.ceil(step.tokens() / step.columns)],
      () => {
        const weightBytes = part.rows * rowBytes(matrix.columns, matrix.format);
        return {
          bytes: weightBytes + step.tokens() * units * 16,
          operations: 2 * part.rows * matrix.columns * step.tokens(),
          weightBytes,
        };
      },
    );
  }
}

/** How a team of threads walks over the columns of a matrix, and how many threads it has. */
function walkOf({ format, columns, columnOrder, lineRows }: Matrix, traits: GpuTraits): {
  parts: string[];
  constants: KernelConstants;
  lanes: number;
} {
  const lanes = teamLanes(traits);
  const reduce = traits.subgroupSize ? kernels.reduceSubgroup : kernels.reduceWorkgroup;
  if (!isInt4(format)) {
    const parts = [kernels.weights[format], kernels.walkFloat, reduce];
    return { parts, constants: { BLOCKS: padTo8(columns) / 8 }, lanes };
  }
  const constants = {
    CODE_UNITS: int4Units(columns),
    GROUP_UNITS: int4Units(format.groupSize),
    X_VECS: padTo8(columns) / 4,
    BFLOAT_SCALES: format.scaleDtype === "bfloat16",
    ZERO_IS_VALUE: format.zeroKind === "value",
  };
  const shared = [kernels.columns[columnOrder ? "ordered" : "plain"], kernels.weightsInt4];
  if (lineRows === 8) {
    const parts = [...shared, kernels.walkInt4Rows, kernels.reduceNone];
    return { parts, constants, lanes: 1 };
  }
  return { parts: [...shared, kernels.walkInt4Lanes, reduce], constants, lanes };
}

/** Results stored as they are. */
export function storeTo(y: GPUBuffer, stride: number): Finish {
  return { parts: [kernels.finishStore], constants: { Y_STRIDE: stride }, bindings: { 3: y } };
}

/** Results added to what stands in y, which is kept in its mirror too where it has one. */
export function addTo(y: GPUBuffer, stride: number, mirror?: GPUTexture): Finish {
  return {
    parts: [kernels.mirror[mirror ? "texture" : "buffer"], kernels.finishResidual],
    constants: { Y_STRIDE: stride },
    bindings: { 3: y, 9: mirror },
  };
}

/**
 * activation(gate) · up, for a matrix whose rows are gate's and up's in turns.
 * @param learned constants of an activation that has some
 */
export function gateTo(
  y: GPUBuffer,
  stride: number,
  activation: string,
  learned: KernelConstants = {},
  mirror?: GPUTexture,
): Finish {
  const pick = `fn activation(x: f32) -> f32 { return act_${activation}(x); }`;
  return {
    parts: [kernels.activations, pick, kernels.mirror[mirror ? "texture" : "buffer"], kernels.finishGated],
    constants: { Y_STRIDE: stride, ...learned },
    bindings: { 3: y, 9: mirror },
  };
}

/** Shape of the heads that {@link rotateInto} writes. */
export interface HeadShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Keys and values of a layer as textures, [slots · kv heads, capacity, head stride / 4] vec4s in float32. */
export interface CacheMirrors {
  readonly keys: GPUTexture;
  readonly values: GPUTexture;
}

/** Floats a head takes in q and in the cache. */
export function headStride(headDim: number): number {
  return Math.ceil(headDim / 4) * 4;
}

/** Queries into q; keys and values into the cache; q and k rotated. */
export function rotateInto(
  shape: HeadShape,
  buffers: {
    q: GPUBuffer;
    keys: GPUBuffer;
    values: GPUBuffer;
    rotations: GPUBuffer;
    /** Where the cache is kept too. */
    mirrors?: CacheMirrors;
  },
): Finish {
  return {
    parts: [kernels.cacheMirror[buffers.mirrors ? "texture" : "buffer"], kernels.finishQkv],
    constants: {
      HEADS: shape.heads,
      KV_HEADS: shape.kvHeads,
      HALF: shape.headDim / 2,
      STRIDE: headStride(shape.headDim),
    },
    bindings: {
      3: buffers.q,
      6: buffers.keys,
      7: buffers.values,
      8: buffers.rotations,
      9: buffers.mirrors?.keys,
      11: buffers.mirrors?.values,
    },
  };
}
