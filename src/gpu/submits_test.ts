import { assertEquals } from "@std/assert";
import { clock } from "../base/clock.ts";
import { Gpu } from "./gpu.ts";
import { Plan } from "./plan.ts";
import { readFloats } from "./readback.ts";
import { encodeInParts, MOST_DISPATCH_OPERATIONS, SubmitPace } from "./submits.ts";

/**
 * Number of dispatches in each submit of a plan with steps of these sizes; the caller submits the last.
 * @param rate operations per millisecond of the device
 */
function dispatches(software: boolean, operations: readonly number[], rate = 1e8): number[] {
  const gpu = Gpu.counting({ subgroupSize: 0, timestamps: false, software });
  const submits = [0];
  const { now } = clock;
  let [time, encoded, pending] = [0, 0, 0];
  clock.now = () => time;
  gpu.device.queue.submit = () => {
    submits.push(0);
    [pending, encoded] = [pending + encoded, 0];
  };
  gpu.device.queue.onSubmittedWorkDone = () => {
    time += pending / rate;
    pending = 0;
    return Promise.resolve(undefined);
  };
  gpu.device.createCommandEncoder = () =>
    ({
      beginComputePass: () => ({
        setPipeline() {},
        setBindGroup() {},
        dispatchWorkgroups: (count: number) => {
          submits[submits.length - 1]++;
          encoded += count;
        },
        end() {},
      }),
      finish() {},
    }) as unknown as GPUCommandEncoder;
  const plan = new Plan(gpu);
  for (const count of operations) {
    plan.add("step", "", {}, () => [count || 1, 1, 1], () => ({ bytes: 0, operations: count }));
  }
  try {
    encodeInParts(plan);
  } finally {
    clock.now = now;
  }
  return submits;
}

Deno.test("encodeInParts: no submit of several steps takes a slow GPU long", () => {
  // A device on which they take as long as a submit should.
  const [half, all] = [MOST_DISPATCH_OPERATIONS / 2, MOST_DISPATCH_OPERATIONS];
  assertEquals(dispatches(false, [half, half, half, half, half]), [2, 2, 1]);
  assertEquals(dispatches(false, [0, all, 1, 1, 3 * all, 0, 1]), [2, 2, 1, 2]);
  assertEquals(dispatches(false, []), [0]);
  assertEquals(dispatches(true, [all, all, all]), [3], "nothing watches a software driver");
});

Deno.test("encodeInParts: a fast GPU gets more per submit, after measurements; a slower one less", () => {
  const steps = Array(40).fill(MOST_DISPATCH_OPERATIONS);
  assertEquals(dispatches(false, steps, 4e8), [1, 4, 4, 4, 4, 4, 4, 4, 4, 4, 3]);
  assertEquals(dispatches(false, steps, 1e10), [1, 8, 31]);
  const quarters = Array(16).fill(MOST_DISPATCH_OPERATIONS / 4);
  assertEquals(dispatches(false, quarters, 5e7), [4, 2, 2, 2, 2, 2, 2]);
});

Deno.test("SubmitPace: measures the first submits, then one of 33; ignores a runtime that does not wait", () => {
  const pace = new SubmitPace();
  pace.measured(1e10, 0.001);
  assertEquals([pace.next(), pace.most], [true, 2e10]);
  pace.measured(2e10, 1);
  assertEquals([pace.next(), pace.most], [true, 16e10], "eight times as much at most");
  pace.measured(16e10, 100);
  assertEquals(pace.most, 32e10);
  assertEquals(Array.from({ length: 34 }, () => pace.next()).indexOf(true), 32);
});

Deno.test("encodeInParts: runs the same steps as the plan", async () => {
  using gpu = await Gpu.open();
  Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: false } });
  const buffer = gpu.storage("numbers", 16);
  const code = (body: string) =>
    `@group(0) @binding(0) var<storage, read_write> x: array<f32>; @compute @workgroup_size(1) fn main() { ${body} }`;
  const plan = new Plan(gpu);
  const cost = () => ({ bytes: 0, operations: MOST_DISPATCH_OPERATIONS });
  for (const body of ["x[0] = x[0] + 1;", "x[0] = x[0] * 3;", "x[0] = x[0] - 0.5;"]) {
    plan.add("step", code(body), { 0: buffer }, () => [1, 1, 1], cost);
  }
  gpu.submit(encodeInParts(plan).finish());
  assertEquals([...await readFloats(gpu, buffer, 1)], [2.5]);
});
