import { link } from "../gpu/link.ts";
import { floatFormat, type Matrix, padTo8, rowBytes, storageConstants } from "../gpu/matrix.ts";
import type { Plan, Workgroups } from "../gpu/plan.ts";
import { kernels } from "./kernels.ts";

/** Appends x = E[token] for every row of the batch; x is [tokens, columns padded to 8], float32. */
export function embed(
  plan: Plan,
  step: { table: Matrix; x: GPUBuffer; xMirror?: GPUTexture; batch: GPUBuffer; tokens: () => number },
): void {
  const blocks = padTo8(step.table.columns) / 8;
  for (const part of step.table.parts) {
    const code = link(
      [
        kernels.stored[step.table.storage],
        kernels.weights[floatFormat(step.table)],
        kernels.batchLayout,
        kernels.batch,
        kernels.mirror[step.xMirror ? "texture" : "buffer"],
        kernels.embed,
      ],
      { BLOCKS: blocks, ROW_COUNT: part.rows, FIRST_ROW: part.firstRow, ...storageConstants(step.table) },
    );
    plan.add(
      "embed_tokens",
      code,
      { 0: part.store, 1: step.x, 2: step.batch, 9: step.xMirror },
      (): Workgroups => [Math.ceil(blocks / 64), step.tokens(), 1],
      // Each row is in one of the parts.
      () => {
        const bytes = step.tokens() * rowBytes(step.table.columns, step.table.format) /
          step.table.parts.length;
        return { bytes, operations: 0, weightBytes: bytes };
      },
    );
  }
}

/** Appends y = RMSNorm(x) for every row of the batch; both are [tokens, width padded to 8], float32. */
export function rmsNorm(
  plan: Plan,
  step: {
    x: GPUBuffer;
    y: GPUBuffer;
    weight: GPUBuffer;
    width: number;
    eps: number;
    batch: GPUBuffer;
    tokens: () => number;
  },
): void {
  const code = link(
    [kernels.batchLayout, kernels.batch, kernels.reduceWorkgroup, kernels.rmsNorm],
    { WIDTH: step.width, STRIDE: padTo8(step.width), EPS: step.eps },
  );
  plan.add(
    "norm",
    code,
    { 1: step.x, 2: step.batch, 3: step.y, 4: step.weight },
    (): Workgroups => [step.tokens(), 1, 1],
    () => ({ bytes: step.tokens() * step.width * 4, operations: 4 * step.tokens() * step.width }),
  );
}

/**
 * Appends y[i] = x[index[i]]: the rows listed in `index` (a count, then rows), each `width` padded to 8
 * floats.
 */
export function gather(
  plan: Plan,
  step: {
    index: GPUBuffer;
    x: GPUBuffer;
    y: GPUBuffer;
    yMirror?: GPUTexture;
    width: number;
    count: () => number;
  },
): void {
  const vecs = padTo8(step.width) / 4;
  plan.add(
    "gather",
    link([kernels.mirror[step.yMirror ? "texture" : "buffer"], kernels.gather], { STRIDE4: vecs }),
    { 0: step.index, 1: step.x, 3: step.y, 9: step.yMirror },
    (): Workgroups => [Math.ceil(vecs / 64), step.count(), 1],
    () => ({ bytes: step.count() * vecs * 16, operations: 0 }),
  );
}
