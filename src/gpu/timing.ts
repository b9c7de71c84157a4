import { now, since } from "../base/clock.ts";
import type { Gpu } from "./gpu.ts";
import type { Copy, Plan, Step } from "./plan.ts";
import { readBytes } from "./readback.ts";

/** Maximum number of timestamps in a query set. */
const MOST_QUERIES = 4096;

/**
 * Median milliseconds of a plan's runs on the device: by timestamp queries if available, else by the clock
 * around a submit.
 */
export async function timePlan(gpu: Gpu, plan: Plan, runs: number): Promise<number> {
  const times: number[] = [];
  await timeOnce(gpu, plan);
  for (let i = 0; i < runs; i++) times.push(await timeOnce(gpu, plan));
  return median(times);
}

/** A dispatch and its duration. */
export interface StepTime {
  readonly step: Step;
  readonly ms: number;
}

/**
 * Median duration of each dispatch of plans that run one after another: each has its own pass, so that
 * adjacent ones do not overlap. The device must support timestamps.
 */
export async function timeSteps(gpu: Gpu, plans: readonly Plan[], runs: number): Promise<StepTime[]> {
  const steps = plans.flatMap((plan) => plan.steps)
    .filter((step) => "source" in step || step.workgroups().every((count) => count > 0));
  const times: number[][] = [];
  for (let run = 0; run <= runs; run++) {
    const ms: number[] = [];
    for (let first = 0; first < steps.length; first += MOST_QUERIES / 2) {
      ms.push(...await timeEach(gpu, steps.slice(first, first + MOST_QUERIES / 2)));
    }
    // The first run only warms up.
    if (run > 0) times.push(ms);
  }
  return steps.filter((step) => "pipeline" in step)
    .map((step, i) => ({ step, ms: median(times.map((run) => run[i])) }));
}

async function timeOnce(gpu: Gpu, plan: Plan): Promise<number> {
  if (gpu.traits.timestamps) {
    const [ms] = await withTimestamps(gpu, 1, (encoder, [writes]) => plan.encode(encoder, writes));
    return ms;
  }
  const encoder = gpu.device.createCommandEncoder();
  plan.encode(encoder);
  const commands = encoder.finish();
  const start = now();
  gpu.submit(commands);
  await gpu.device.queue.onSubmittedWorkDone();
  return since(start);
}

/** Milliseconds of each dispatch, once. */
function timeEach(gpu: Gpu, steps: readonly (Step | Copy)[]): Promise<number[]> {
  const count = steps.filter((step) => "pipeline" in step).length;
  return withTimestamps(gpu, count, (encoder, writes) => {
    let next = 0;
    for (const step of steps) {
      if ("source" in step) {
        const [offset, bytes] = step.range();
        encoder.copyBufferToBuffer(step.source, 0, step.target, offset, bytes);
        continue;
      }
      const pass = encoder.beginComputePass({ timestampWrites: writes[next++] });
      pass.setPipeline(step.pipeline);
      pass.setBindGroup(0, step.bindGroup);
      pass.dispatchWorkgroups(...step.workgroups());
      pass.end();
    }
  });
}

/** Runs the recorded work; returns the milliseconds between each pair of timestamps that its passes wrote. */
async function withTimestamps(
  gpu: Gpu,
  pairs: number,
  record: (encoder: GPUCommandEncoder, writes: GPUComputePassTimestampWrites[]) => void,
): Promise<number[]> {
  const encoder = gpu.device.createCommandEncoder();
  const querySet = gpu.device.createQuerySet({ type: "timestamp", count: 2 * pairs });
  const results = gpu.buffer(
    "timestamps",
    pairs * 16,
    GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  );
  try {
    record(
      encoder,
      Array.from({ length: pairs }, (_, i) => ({
        querySet,
        beginningOfPassWriteIndex: 2 * i,
        endOfPassWriteIndex: 2 * i + 1,
      })),
    );
    encoder.resolveQuerySet(querySet, 0, 2 * pairs, results, 0);
    gpu.submit(encoder.finish());
    const times = new BigUint64Array((await readBytes(gpu, results, pairs * 16)).buffer);
    return Array.from({ length: pairs }, (_, i) => Number(times[2 * i + 1] - times[2 * i]) / 1e6);
  } finally {
    querySet.destroy();
    gpu.free(results);
  }
}

/** The middle one, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
