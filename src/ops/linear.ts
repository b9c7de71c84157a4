import { link } from "../gpu/link.ts";
import type { KernelConstants } from "../gpu/link.ts";
import type { Matrix } from "../gpu/matrix.ts";
import { padTo8, storageConstants } from "../gpu/matrix.ts";
import type { Bindings, Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";

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

/** Appends y = finish(W · norm(x) + bias), a dispatch for each part of the matrix. */
export function linear(plan: Plan, step: LinearStep): void {
  const { matrix, norm, bias, finish } = step;
  const { subgroupSize } = plan.gpu.traits;
  const lanes = subgroupSize || 8;
  const threads = Math.max(64, lanes);
  // Rows share the loads of x, which a software driver makes word by word.
  const rows = plan.gpu.traits.software ? 8 : 4;
  for (const part of matrix.parts) {
    const code = link([
      kernels.stored[matrix.storage],
      kernels.weights[matrix.dtype],
      kernels.batchLayout,
      kernels.batch,
      norm ? kernels.normRms : kernels.normNone,
      bias ? kernels.biasAdd : kernels.biasNone,
      subgroupSize ? kernels.reduceSubgroup : kernels.reduceWorkgroup,
      ...finish.parts,
      kernels.linear,
    ], {
      ROWS: rows,
      COLS: step.columns,
      LANES: lanes,
      THREADS: threads,
      BLOCKS: padTo8(matrix.columns) / 8,
      ROW_COUNT: part.rows,
      FIRST_ROW: part.firstRow,
      ...(norm ? { WIDTH: matrix.columns, EPS: norm.eps } : {}),
      ...storageConstants(matrix),
      ...finish.constants,
    });
    const groups = Math.ceil(part.rows / (rows * threads / lanes));
    const x = Math.min(groups, 65535);
    const y = Math.ceil(groups / 65535);
    plan.add(step.label, code, {
      0: part.store,
      1: step.x,
      2: step.batch,
      4: norm?.weight,
      5: bias,
      ...finish.bindings,
    }, (): Workgroups => [x, y, Math.ceil(step.tokens() / step.columns)]);
  }
}

/** Results stored as they are, or added to what stands in y. */
export function storeTo(y: GPUBuffer, stride: number, residual = false): Finish {
  return {
    parts: [residual ? kernels.finishResidual : kernels.finishStore],
    constants: { Y_STRIDE: stride },
    bindings: { 3: y },
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
): Finish {
  const pick = `fn activation(x: f32) -> f32 { return act_${activation}(x); }`;
  return {
    parts: [kernels.activations, pick, kernels.finishGated],
    constants: { Y_STRIDE: stride, ...learned },
    bindings: { 3: y },
  };
}

/** Shape of the heads that {@link rotateInto} writes. */
export interface HeadShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Floats a head takes in q and in the cache. */
export function headStride(headDim: number): number {
  return Math.ceil(headDim / 4) * 4;
}

/** Queries into q; keys and values into the cache; q and k rotated. */
export function rotateInto(
  shape: HeadShape,
  buffers: { q: GPUBuffer; keys: GPUBuffer; values: GPUBuffer; rotations: GPUBuffer },
): Finish {
  return {
    parts: [kernels.finishQkv],
    constants: {
      HEADS: shape.heads,
      KV_HEADS: shape.kvHeads,
      HALF: shape.headDim / 2,
      STRIDE: headStride(shape.headDim),
    },
    bindings: { 3: buffers.q, 6: buffers.keys, 7: buffers.values, 8: buffers.rotations },
  };
}
