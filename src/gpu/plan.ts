import type { Gpu } from "./gpu.ts";

/** Number of workgroups along x, y and z. */
export type Workgroups = readonly [number, number, number];

/** A buffer-to-buffer copy between dispatches. */
export interface Copy {
  readonly source: GPUBuffer;
  readonly target: GPUBuffer;
  /** Target offset and length, evaluated at each encoding. */
  readonly range: () => readonly [offset: number, bytes: number];
}

/** Minimum bytes that a dispatch reads, each number once, and its number of arithmetic operations. */
export interface Cost {
  readonly bytes: number;
  readonly operations: number;
  /** Bytes of weights among those it reads. */
  readonly weightBytes?: number;
}

/** One dispatch, with all its resources already created. */
export interface Step {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Evaluated at each encoding, as batch and cache grow; a zero skips the step. */
  readonly workgroups: () => Workgroups;
  /** Evaluated only by measurements. */
  readonly cost?: () => Cost;
}

/** Whole buffers or textures by binding number; undefined if a kernel variant has no such binding. */
export type Bindings = Readonly<Record<number, GPUBuffer | GPUTexture | undefined>>;

/**
 * A recorded list of steps. Recording creates pipelines and bind groups once; encoding creates nothing, so
 * that a token costs only its dispatches.
 */
export class Plan {
  readonly steps: (Step | Copy)[] = [];

  constructor(readonly gpu: Gpu) {}

  /** Appends a dispatch of linked WGSL. */
  add(
    label: string,
    code: string,
    bindings: Bindings,
    workgroups: () => Workgroups,
    cost?: () => Cost,
  ): void {
    const pipeline = this.gpu.pipeline(label, code);
    const bindGroup = this.gpu.device.createBindGroup({
      label,
      layout: pipeline.getBindGroupLayout(0),
      entries: Object.entries(bindings).flatMap(([binding, bound]) =>
        bound ? [{ binding: Number(binding), resource: resourceOf(bound) }] : []
      ),
    });
    this.steps.push({ label, pipeline, bindGroup, workgroups, cost });
  }

  /** Appends the last dispatch once more. */
  again(workgroups: () => Workgroups, cost?: () => Cost): void {
    this.steps.push({ ...this.steps.at(-1) as Step, workgroups, cost });
  }

  /** Appends a copy from the start of a buffer. */
  copy(source: GPUBuffer, target: GPUBuffer, range: Copy["range"]): void {
    this.steps.push({ source, target, range });
  }

  /** Encodes all steps in order into as few compute passes as the copies allow (one without copies). */
  encode(encoder: GPUCommandEncoder, timestampWrites?: GPUComputePassTimestampWrites): void {
    let pass = encoder.beginComputePass({ timestampWrites });
    let last: GPUComputePipeline | undefined;
    for (const step of this.steps) {
      if ("source" in step) {
        pass.end();
        const [offset, bytes] = step.range();
        encoder.copyBufferToBuffer(step.source, 0, step.target, offset, bytes);
        pass = encoder.beginComputePass();
        last = undefined;
      } else last = dispatch(pass, step, last);
    }
    pass.end();
  }

  /**
   * Encodes all steps into an open pass: barriers between passes cost more than those between steps.
   * @throws TypeError if the plan contains a copy, which a pass cannot hold
   */
  encodeInto(pass: GPUComputePassEncoder): void {
    let last: GPUComputePipeline | undefined;
    for (const step of this.steps) {
      if ("source" in step) throw new TypeError("a compute pass cannot hold a copy");
      last = dispatch(pass, step, last);
    }
  }

  /** Number of dispatches that encoding would produce now. */
  dispatches(): number {
    return this.#running().length;
  }

  /** Total cost of those dispatches. */
  cost(): Required<Cost> {
    const sum = { bytes: 0, operations: 0, weightBytes: 0 };
    for (const { cost } of this.#running()) {
      const { bytes, operations, weightBytes = 0 } = cost?.() ?? { bytes: 0, operations: 0 };
      sum.bytes += bytes;
      sum.operations += operations;
      sum.weightBytes += weightBytes;
    }
    return sum;
  }

  #running(): Step[] {
    return this.steps.filter((step) =>
      "workgroups" in step && step.workgroups().every((n) => n > 0)
    ) as Step[];
  }
}

/** Encodes a step into a pass whose current pipeline is `last`; returns the pipeline set afterwards. */
function dispatch(
  pass: GPUComputePassEncoder,
  { pipeline, bindGroup, workgroups }: Step,
  last: GPUComputePipeline | undefined,
): GPUComputePipeline | undefined {
  const [x, y, z] = workgroups();
  if (x * y * z === 0) return last;
  if (pipeline !== last) pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(x, y, z);
  return pipeline;
}

function resourceOf(bound: GPUBuffer | GPUTexture): GPUBindingResource {
  return "size" in bound ? { buffer: bound } : bound.createView({ dimension: "2d-array" });
}
