import type { Gpu } from "./gpu.ts";

/** Workgroups along x, y and z. */
export type Workgroups = readonly [number, number, number];

/** One dispatch, with everything that it needs already made. */
export interface Step {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** Asked anew each time the plan is encoded, as batch and cache grow; a zero leaves the step out. */
  readonly workgroups: () => Workgroups;
}

/** A buffer, whole or from an offset, under a binding's number. */
export type Bindings = Readonly<Record<number, GPUBuffer>>;

/**
 * A recorded list of steps. Recording makes pipelines and bind groups once; encoding makes nothing, so that a token
 * costs no more than its dispatches.
 */
export class Plan {
  readonly steps: Step[] = [];

  constructor(readonly gpu: Gpu) {}

  /** Appends a dispatch of linked WGSL. */
  add(label: string, code: string, bindings: Bindings, workgroups: () => Workgroups): void {
    const pipeline = this.gpu.pipeline(label, code);
    const bindGroup = this.gpu.device.createBindGroup({
      label,
      layout: pipeline.getBindGroupLayout(0),
      entries: Object.entries(bindings).map(([binding, buffer]) => ({
        binding: Number(binding),
        resource: { buffer },
      })),
    });
    this.steps.push({ label, pipeline, bindGroup, workgroups });
  }

  /** Puts all steps into one compute pass, in order. */
  encode(encoder: GPUCommandEncoder): void {
    const pass = encoder.beginComputePass();
    let last: GPUComputePipeline | undefined;
    for (const step of this.steps) {
      const [x, y, z] = step.workgroups();
      if (x * y * z === 0) continue;
      if (step.pipeline !== last) pass.setPipeline(last = step.pipeline);
      pass.setBindGroup(0, step.bindGroup);
      pass.dispatchWorkgroups(x, y, z);
    }
    pass.end();
  }

  /** How many dispatches encoding would make now. */
  dispatches(): number {
    return this.steps.filter((step) => step.workgroups().every((n) => n > 0)).length;
  }
}
