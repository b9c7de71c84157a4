import { assertEquals } from "@std/assert";
import { Gpu } from "./gpu.ts";
import { Plan } from "./plan.ts";
import { readFloats } from "./readback.ts";
import { encodeInParts, MOST_OPERATIONS } from "./submits.ts";

/** Number of dispatches in each submit of a plan with steps of these sizes; the caller submits the last. */
function dispatches(software: boolean, operations: readonly number[]): number[] {
  const gpu = Gpu.counting({ subgroupSize: 0, timestamps: false, software });
  const submits = [0];
  gpu.device.queue.submit = () => void submits.push(0);
  gpu.device.createCommandEncoder = () =>
    ({
      beginComputePass: () => ({
        setPipeline() {},
        setBindGroup() {},
        dispatchWorkgroups: () => submits[submits.length - 1]++,
        end() {},
      }),
      finish() {},
    }) as unknown as GPUCommandEncoder;
  const plan = new Plan(gpu);
  for (const count of operations) {
    plan.add("step", "", {}, () => [1, 1, 1], () => ({ bytes: 0, operations: count }));
  }
  encodeInParts(plan);
  return submits;
}

Deno.test("encodeInParts: no submit of several steps needs more than a slow GPU does in a second", () => {
  const [half, all] = [MOST_OPERATIONS / 2, MOST_OPERATIONS];
  assertEquals(dispatches(false, [half, half, half, half, half]), [2, 2, 1]);
  assertEquals(dispatches(false, [0, all, 1, 1, 3 * all, 0, 1]), [2, 2, 1, 2]);
  assertEquals(dispatches(false, []), [0]);
  assertEquals(dispatches(true, [all, all, all]), [3], "nothing watches a software driver");
});

Deno.test("encodeInParts: runs the same steps as the plan", async () => {
  using gpu = await Gpu.open();
  Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: false } });
  const buffer = gpu.storage("numbers", 16);
  const code = (body: string) =>
    `@group(0) @binding(0) var<storage, read_write> x: array<f32>; @compute @workgroup_size(1) fn main() { ${body} }`;
  const plan = new Plan(gpu);
  const cost = () => ({ bytes: 0, operations: MOST_OPERATIONS });
  for (const body of ["x[0] = x[0] + 1;", "x[0] = x[0] * 3;", "x[0] = x[0] - 0.5;"]) {
    plan.add("step", code(body), { 0: buffer }, () => [1, 1, 1], cost);
  }
  gpu.submit(encodeInParts(plan).finish());
  assertEquals([...await readFloats(gpu, buffer, 1)], [2.5]);
});
