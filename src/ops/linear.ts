import { link } from "../gpu/link.ts";
import type { KernelConstants } from "../gpu/link.ts";
import { type Matrix, padTo8, rowBytes, storageConstants } from "../gpu/matrix.ts";
import type { Bindings, Plan } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";
import { cutOf } from "./linear_cut.ts";
import type { Columns } from "./tuning.ts";

/** Consumer of a linear map's results. */
export interface Finish {
  /** The kernel part that stores the results, and the parts it needs. */
  readonly parts: readonly string[];
  readonly constants: KernelConstants;
  readonly bindings: Bindings;
  /** Adjacent rows that a thread must have together; default: one. */
  readonly leastRows?: number;
}

/** A linear map of every row of the batch. */
export interface LinearStep {
  readonly label: string;
  readonly matrix: Matrix;
  /** Input, [tokens, columns padded to 8], float32. */
  readonly x: GPUBuffer;
  /** The input as a texture, if its producer writes one. */
  readonly xMirror?: GPUTexture;
  readonly batch: GPUBuffer;
  /** Number of tokens, evaluated when the step runs. */
  readonly tokens: () => number;
  readonly columns: Columns;
  /** RMSNorm of the input, fused into the map. */
  readonly norm?: { readonly weight: GPUBuffer; readonly eps: number };
  /** One float32 per row. */
  readonly bias?: GPUBuffer;
  readonly finish: Finish;
}

/** Maximum number of storage buffers that a linear map binds. */
const MOST_STORAGE_BUFFERS = 10;

/** Appends y = finish(W · norm(x) + bias), one dispatch per part of the matrix. */
export function linear(plan: Plan, step: LinearStep): void {
  const { matrix, norm, bias, finish, xMirror } = step;
  const units = padTo8(matrix.columns) / 4;
  const { maxUniformBufferBindingSize, maxStorageBuffersPerShaderStage } = plan.gpu.device.limits;
  // Devices may bind as few as 8 storage buffers; qkv_proj needs 8, one more with a bias, and one with a
  // column order.
  const uniformNorm = (plan.gpu.traits.software || maxStorageBuffersPerShaderStage < MOST_STORAGE_BUFFERS) &&
    units * 16 <= maxUniformBufferBindingSize;
  const cut = cutOf(plan.gpu, matrix, step.columns, finish.leastRows);
  for (const part of matrix.parts) {
    const code = link([
      kernels.addDot,
      kernels.stored[matrix.lineRows === 8 ? "lines" : matrix.storage],
      ...cut.parts,
      kernels.batchLayout,
      kernels.batch,
      kernels.input[xMirror ? "texture" : "buffer"],
      ...(norm
        ? [kernels.normPlace[uniformNorm ? "uniform" : "storage"], kernels.normRms]
        : [kernels.normNone]),
      bias ? kernels.biasAdd : kernels.biasNone,
      ...finish.parts,
      cut.kernel,
    ], {
      ROW_COUNT: part.rows,
      FIRST_ROW: part.firstRow,
      ...(xMirror ? {} : { X_UNITS: units }),
      ...(norm ? { WIDTH: matrix.columns, EPS: norm.eps } : {}),
      ...(norm && uniformNorm ? { NORM_UNITS: units } : {}),
      ...cut.constants,
      ...storageConstants(matrix),
      ...finish.constants,
    });
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
      cut.workgroups(part.rows, step.tokens),
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

/** Stores results unchanged. */
export function storeTo(y: GPUBuffer, stride: number): Finish {
  return { parts: [kernels.finishStore], constants: { Y_STRIDE: stride }, bindings: { 3: y } };
}

/** Adds results to y, and to its mirror if it has one. */
export function addTo(y: GPUBuffer, stride: number, mirror?: GPUTexture): Finish {
  return {
    parts: [kernels.mirror[mirror ? "texture" : "buffer"], kernels.finishResidual],
    constants: { Y_STRIDE: stride },
    bindings: { 3: y, 9: mirror },
  };
}

/**
 * activation(gate) · up, for a matrix that alternates rows of gate and up.
 * @param learned learned constants of the activation, if any
 */
export function gateTo(
  y: GPUBuffer,
  stride: number,
  activation: string,
  learned: KernelConstants = {},
  mirror?: GPUTexture,
): Finish {
  const pick =
    `// gives: activation\n// needs: act_${activation}\nfn activation(x: f32) -> f32 { return act_${activation}(x); }`;
  return {
    parts: [kernels.activations, pick, kernels.mirror[mirror ? "texture" : "buffer"], kernels.finishGated],
    constants: { Y_STRIDE: stride, ...learned },
    bindings: { 3: y, 9: mirror },
  };
}

/** Heads of queries, keys and values. */
export interface HeadShape {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Numbers per head in q and in the KV buffers. */
export function headStride(headDim: number): number {
  return Math.ceil(headDim / 4) * 4;
}
