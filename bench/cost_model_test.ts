import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { Decoder } from "../src/generate/decode/decoder.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import type { Plan, Step } from "../src/gpu/plan.ts";
import { modelOf } from "../tests/support/shapes.ts";
import { SHAPES } from "../tools/compilers/texts.ts";
import { type Device, deviceOf, DEVICES, type Dispatch, dispatchOf, predict } from "./cost_model.ts";
import { compiledRows, figuresFor } from "./gpu_check/compiled.ts";

/** 1,000 GB/s, 20,000 GFLOP/s, 100 units of 1,024 threads, half a microsecond for a load. */
const DEVICE: Device = {
  name: "round",
  pattern: /^/,
  bandwidth: 1000,
  gflops: 20_000,
  units: 100,
  registers: 65_536,
  threads: 1024,
  latency: 500,
  start: 5,
  compiled: "gfx1100",
};
/** 1 MB for each of 10,000 workgroups of 64 threads. */
const LARGE: Dispatch = {
  bytes: 1e10,
  operations: 1e9,
  workgroups: 10_000,
  threads: 64,
  registers: 64,
  trips: 0,
};
const START_MS = 0.005;

Deno.test("many workgroups read at the bandwidth: the peak's share for copies, or what was measured", () => {
  assertAlmostEquals(predict(DEVICE, LARGE).ms, 1e10 / 900e6 + START_MS, 1e-9);
  const { ms, bound } = predict(DEVICE, LARGE, 500);
  assertAlmostEquals(ms, 1e10 / 500e6 + START_MS, 1e-9);
  assertEquals(bound, "memory");
});

Deno.test("one workgroup waits for each of its loads, whatever the bandwidth", () => {
  // 64 threads have 8 KiB under way: 128 turns for 1 MiB.
  const alone = { ...LARGE, bytes: 2 ** 20, operations: 0, workgroups: 1 };
  for (const copy of [500, 5000]) {
    const { ms, bound, trips } = predict(DEVICE, alone, copy);
    assertEquals([bound, trips], ["latency", 128]);
    assertAlmostEquals(ms, 128 * 0.0005 + START_MS, 1e-9);
  }
});

Deno.test("registers decide how many workgroups a device holds, and the others wait", () => {
  const held = (registers: number) => predict(DEVICE, { ...LARGE, registers }, 5000);
  assertEquals(held(64).resident, 100 * 16);
  assertEquals(held(128).resident, 100 * 8);
  // More registers than a unit has: still one workgroup.
  assertEquals(held(4096).resident, 100);
  // 1 MB a workgroup, 123 turns; 100 at once.
  const { ms, bound } = held(4096);
  assertEquals(bound, "latency");
  assertAlmostEquals(ms, 100 * 123 * 0.0005 + START_MS, 1e-9);
});

Deno.test("arithmetic counts instructions on the units that have work", () => {
  const sums = { ...LARGE, bytes: 1000, operations: 2e12 };
  const ms = (change: Partial<Dispatch>) =>
    predict(DEVICE, { ...sums, vectorPerProduct: 1, ...change }).ms - START_MS;
  assertAlmostEquals(ms({}), 100, 1e-9);
  assertAlmostEquals(ms({ vectorPerProduct: 2.5 }), 250, 1e-9);
  assertAlmostEquals(ms({ workgroups: 50 }), 200, 1e-9);
  assertEquals(predict(DEVICE, sums).bound, "arithmetic");
});

Deno.test("loads in a row before and after the loop add their latency", () => {
  const ms = (trips: number) => predict(DEVICE, { ...LARGE, trips }).ms;
  assertAlmostEquals(ms(20) - ms(0), 20 * 0.0005, 1e-9);
});

Deno.test("adapters find their row of the table; others get a cautious one", () => {
  const names = [
    ["NVIDIA H200", "H200"],
    ["NVIDIA GeForce RTX 4090", "RTX 4090"],
    ["AMD Radeon RX 7900 XTX (RADV NAVI31)", "RX 7900 XTX"],
    ["llvmpipe (LLVM 15.0.6, 256 bits)", "software driver"],
    ["Mali-G710", "unknown GPU"],
  ];
  assertEquals(names.map(([description]) => deviceOf(description).name), names.map(([, name]) => name));
});

Deno.test("COMPILERS.md has figures for a kernel under the name of the model that linked it first", async () => {
  const rows = await compiledRows();
  const named = (gpu: string, name: string) => figuresFor(rows, { ...DEVICE, compiled: gpu }, name);
  for (
    const name of [
      "8b int4 1 o_proj",
      "8b float16 1 self_attn",
      "7b int4 8 lm_head",
      "8b int4 prompt down_proj",
    ]
  ) {
    const { registers, trips } = named("gfx1100", name);
    assert(registers! > 0 && trips! > 0, name);
  }
  assert(named("gfx1100", "8b int4 1 o_proj").vectorPerProduct! > 2);
  assertEquals(named("gfx1100", "8b float16 1 o_proj").vectorPerProduct, undefined);
  // Intel's drivers report no registers.
  assertEquals(named("dg2", "8b float16 1 o_proj"), named("gfx1100", "8b float16 1 o_proj"));
  assertEquals(named("ga102", "8b float16 1 nothing"), {
    registers: undefined,
    trips: undefined,
    vectorPerProduct: undefined,
  });
});

/** Predicted milliseconds of a token of the 8B on a device behind 500 positions, and the bytes that it reads. */
async function token(device: Device, int4: boolean): Promise<{ ms: number; bytes: number }> {
  const traits = { software: false, subgroupSize: device.compiled === "ga102" ? 32 : 0, timestamps: false };
  const gpu = Gpu.counting(traits);
  const model = await modelOf(gpu, SHAPES["8b"], {
    dtype: "float16",
    ...int4 && { int4: { groupSize: 128, scaleDtype: "bfloat16", zeroKind: "value" } as const },
  });
  const rows = await compiledRows();
  const sum = { ms: 0, bytes: 0 };
  for (const step of running(new Decoder(model, 1, 1024).plans(500).step)) {
    const name = step.label.replace(/^layers\.\d+\.(self_attn\.|mlp\.)?/, "");
    const layers = step.label.startsWith("layers.") ? 32 : 1;
    const dispatch = dispatchOf(gpu, step);
    assert(dispatch.threads >= 32 && dispatch.threads <= 256, step.label);
    const figures = figuresFor(rows, device, `8b ${int4 ? "int4" : "float16"} 1 ${name}`);
    sum.ms += layers * predict(device, { ...dispatch, ...figures }).ms;
    sum.bytes += layers * dispatch.bytes;
  }
  return sum;
}

function running(plans: readonly Plan[]): Step[] {
  return plans.flatMap(({ steps }) => steps).filter((step): step is Step =>
    "pipeline" in step && step.workgroups().every((count) => count > 0)
  );
}

Deno.test("a token of the 8B takes every GPU longer than its bytes, and in float16 at most twice as long", async () => {
  for (const device of DEVICES.filter(({ name }) => name !== "software driver")) {
    const [float16, int4] = [await token(device, false), await token(device, true)];
    const floor = (bytes: number) => bytes / device.bandwidth / 1e6;
    assert(float16.bytes > 15e9 && float16.bytes < 15.3e9, `${float16.bytes}`);
    assert(int4.bytes > 4.5e9 && int4.bytes < 5.1e9, `${int4.bytes}`);
    assert(
      float16.ms > floor(float16.bytes) && float16.ms < 2 * floor(float16.bytes),
      `${device.name} float16`,
    );
    assert(int4.ms > floor(int4.bytes) && int4.ms < float16.ms, `${device.name} int4`);
  }
});
