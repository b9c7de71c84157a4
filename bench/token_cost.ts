/**
 * Cost of a token besides the device's work, measurable without a fast device: dispatches, bytes read
 * relative to the bytes of the weights (7B's shape, computed), and CPU time of encoding (7B's depth on this
 * device, but narrow, as widths cost nothing).
 *
 *     deno run -A bench/token_cost.ts [--rounds 200]
 *
 * The floor is the time of the runtime and the driver for as many empty dispatches, with as many bound
 * buffers as ours have on average, none written twice. CPU time is that of the encoding thread alone, by
 * Linux's clock for it: other processes do not count, but a loaded machine still raises it through colder
 * caches.
 */
import { parseArgs } from "@std/cli/parse-args";
import { LlamaConfig } from "../src/checkpoint/config/config.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import { median } from "../src/gpu/timing.ts";
import { OFF } from "../src/generate/options/table.ts";
import { decoderOf, readAt, SEVEN_B } from "../tests/support/shapes.ts";

const rounds = Number(parseArgs(Deno.args, { string: ["rounds"] }).rounds ?? 200);

const libc = Deno.dlopen("libc.so.6", {
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
});
const CLOCK_THREAD_CPUTIME_ID = 3;
const clock = new BigInt64Array(2);

/** CPU time of this thread, in microseconds. */
function cpu(): number {
  libc.symbols.clock_gettime(CLOCK_THREAD_CPUTIME_ID, clock);
  return Number(clock[0]) * 1e6 + Number(clock[1]) / 1e3;
}

/** CPU microseconds of some calls: the median of many. */
async function timed(parts: readonly (() => unknown)[], after: () => Promise<unknown>): Promise<number[]> {
  const times: number[][] = parts.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, part] of parts.entries()) {
      const start = cpu();
      part();
      times[i].push(cpu() - start);
    }
    await after();
  }
  return times.map((each) => median(each));
}

console.log("7B's shape | positions | bytes read × weights' bytes");
for (const [name, groupSize] of [["float16", undefined], ["int4", 128]] as const) {
  const gpu = Gpu.counting({ subgroupSize: 32, timestamps: false, software: false });
  const decoder = await decoderOf(gpu, SEVEN_B, groupSize);
  for (const reach of [1, 129, 1024]) {
    const { bytes, weights } = readAt(decoder, reach);
    console.log(`${name} | ${reach} | ${(bytes / weights).toFixed(4)}`);
  }
}

using gpu = await Gpu.open();
const config = LlamaConfig.from({
  ...SEVEN_B,
  hiddenSize: 64,
  intermediateSize: 128,
  numAttentionHeads: 2,
  numKeyValueHeads: 2,
  headDim: 32,
  vocabSize: 256,
});
const decoder = await decoderOf(gpu, config);
const ids = [1, 2, 3];
const choice = { ...OFF, temperature: 1, sequence: 0, blockedUntil: 0 };
decoder.admit({ slot: 0, ids }, choice, []);
await decoder.prefill([{ slot: 0, ids }]);
await decoder.tokens();
const dispatches = decoder.dispatches(1, ids.length);
console.log(`dispatches a token: ${dispatches}`);
for (const steps of [1, 16]) {
  let commands: GPUCommandBuffer;
  const heap = Deno.memoryUsage().heapUsed;
  const [encode, submit] = await timed([
    () => commands = decoder.encode(steps, 1, ids.length),
    () => decoder.submit(commands),
  ], () => decoder.tokens());
  const grown = (Deno.memoryUsage().heapUsed - heap) / rounds / steps;
  console.log(
    `${steps} tokens a submit: encoding ${(encode / steps).toFixed(0)} µs a token, submitting ` +
      `${(submit / steps).toFixed(0)}, heap ${
        grown > 0 ? `${grown.toFixed(0)} bytes` : "collected meanwhile"
      }`,
  );
}

const BOUND = 7;
const code = Array.from(
  { length: BOUND },
  (_, i) => `@group(0) @binding(${i}) var<storage, ${i === 0 ? "read_write" : "read"}> b${i}: array<f32>;`,
).join("\n") + `
@compute @workgroup_size(1)
fn main() { b0[0] = ${Array.from({ length: BOUND }, (_, i) => `b${i}[1]`).join(" + ")}; }`;
const pipeline = gpu.pipeline("floor", code);
const groups = Array.from({ length: dispatches }, () =>
  gpu.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: Array.from(
      { length: BOUND },
      (_, binding) => ({ binding, resource: { buffer: gpu.storage("floor", 16) } }),
    ),
  }));
for (const steps of [1, 16]) {
  const encode = () => {
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let step = 0; step < steps; step++) {
      pass.setPipeline(pipeline);
      for (const group of groups) {
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(1, 1, 1);
      }
    }
    pass.end();
    commands = encoder.finish();
  };
  let commands: GPUCommandBuffer;
  const [floor] = await timed(
    [encode, () => gpu.submit(commands)],
    () => gpu.device.queue.onSubmittedWorkDone(),
  );
  console.log(`floor, ${steps} a submit: ${(floor / steps).toFixed(0)} µs`);
}
libc.close();
