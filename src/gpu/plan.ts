import type { Gpu } from "./gpu.ts";

/** Workgroups along x, y and z. */
export type Workgroups = readonly [number, number, number];

/** Bytes copied from one buffer to another between dispatches. */
export interface Copy {
  readonly source: GPUBuffer;
  readonly target: GPUBuffer;
  /** Offset in the target and length, asked anew each time. */
  readonly range: () => readonly [offset: number, bytes: number];
}

/** What a dispatch must read at least, each number once, and how many operations on numbers it makes. */
export interface Cost {
  readonly bytes: number;
  readonly operations: number;
  /** Bytes of weights among those it reads. */
  readonly weightBytes?: number;
}

/** One dispatch, with everything that it needs already made. */
export interface Step {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Asked anew each time the plan is encoded, as batch and cache grow; a zero leaves the step out. */
  readonly workgroups: () => Workgroups;
  /** Asked by measurements only. */
  readonly cost?: () => Cost;
}

/** A whole buffer or texture under a binding's number; undefined where a kernel variant has no such binding. */
export type Bindings = Readonly<Record<number, GPUBuffer | GPUTexture | undefined>>;

/**
 * A recorded list of steps. Recording makes pipelines and bind groups once; encoding makes nothing, so that a token
 * costs no more than its dispatches.
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

  /** Appends a copy from the start of a buffer. */
  copy(source: GPUBuffer, target: GPUBuffer, range: Copy["range"]): void {
    this.steps.push({ source, target, range });
  }

  /** Puts all steps into as few compute passes as the copies allow (one where there are none), in order. */
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
   * Puts all steps into a pass that goes on: the barriers between passes cost more than those between steps.
   * @throws TypeError where a copy is among them, which no pass can hold
   */
  encodeInto(pass: GPUComputePassEncoder): void {
    let last: GPUComputePipeline | undefined;
    for (const step of this.steps) {
      if ("source" in step) throw new TypeError("a copy cannot stand in a compute pass");
      last = dispatch(pass, step, last);
    }
  }

  /** How many dispatches encoding would make now. */
  dispatches(): number {
    return this.#running().length;
  }

  /** What those dispatches read and compute together. */
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

/** Puts a step into a pass whose pipeline is `last`; gives the pipeline that it has then. */
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
