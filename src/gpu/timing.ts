import type { Gpu } from "./gpu.ts";
import type { Plan } from "./plan.ts";
import { readBytes } from "./readback.ts";

/**
 * Milliseconds that one run of a plan takes on the device, the median of some: by timestamp queries where the device
 * has them, else by the clock around a submit.
 */
export async function timePlan(gpu: Gpu, plan: Plan, runs: number): Promise<number> {
  const times: number[] = [];
  await timeOnce(gpu, plan);
  for (let i = 0; i < runs; i++) times.push(await timeOnce(gpu, plan));
  return times.sort((a, b) => a - b)[times.length >> 1];
}

async function timeOnce(gpu: Gpu, plan: Plan): Promise<number> {
  const encoder = gpu.device.createCommandEncoder();
  if (!gpu.traits.timestamps) {
    plan.encode(encoder);
    const commands = encoder.finish();
    const start = performance.now();
    gpu.submit(commands);
    await gpu.device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  }
  const queries = gpu.device.createQuerySet({ type: "timestamp", count: 2 });
  const results = gpu.buffer("timestamps", 16, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
  try {
    plan.encode(encoder, { querySet: queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 });
    encoder.resolveQuerySet(queries, 0, 2, results, 0);
    gpu.submit(encoder.finish());
    const [begin, end] = new BigUint64Array((await readBytes(gpu, results, 16)).buffer);
    return Number(end - begin) / 1e6;
  } finally {
    queries.destroy();
    gpu.free(results);
  }
}
