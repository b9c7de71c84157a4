import { assertEquals, assertThrows } from "@std/assert";
import { Gpu } from "./gpu.ts";
import {
  allocateMatrix,
  freeMatrix,
  placeOf,
  readRows,
  rowBytes,
  type StorageDtype,
  writeRows,
} from "./matrix.ts";
import { Plan, type Workgroups } from "./plan.ts";
import { Readback, readFloats } from "./readback.ts";

async function withGpu(run: (gpu: Gpu) => Promise<void>): Promise<void> {
  using gpu = await Gpu.open();
  await run(gpu);
}

const step = (line: string) =>
  `@group(0) @binding(3) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u) { ${line} }`;

Deno.test("Plan: steps and copies run in order, again and again, with the current sizes", () =>
  withGpu(async (gpu) => {
    const x = gpu.storage("x", 16);
    const copy = gpu.storage("copy", 32);
    let count = 2;
    let offset = 0;
    const plan = new Plan(gpu);
    plan.add("add", step("x[id.x] += 1.0;"), { 3: x, 4: undefined }, (): Workgroups => [count, 1, 1]);
    plan.copy(x, copy, () => [offset, 16]);
    plan.add("double", step("x[id.x] *= 2.0;"), { 3: x }, (): Workgroups => [4, 1, 1]);
    plan.add("never", step("x[0] = 99.0;"), { 3: x }, (): Workgroups => [1, 0, 1]);
    assertEquals([plan.steps.length, plan.dispatches()], [4, 2]);
    const run = () => {
      const encoder = gpu.device.createCommandEncoder();
      plan.encode(encoder);
      gpu.device.queue.submit([encoder.finish()]);
    };
    run();
    count = 3;
    offset = 16;
    run();
    assertEquals([...await readFloats(gpu, x, 4)], [6, 6, 2, 0]);
    assertEquals([...await readFloats(gpu, copy, 8)], [1, 1, 0, 0, 3, 3, 1, 0]);
    assertEquals([...await readFloats(gpu, copy, 3, 4)], [3, 3, 1], "from the fourth on");
    await gpu.check();
  }));

Deno.test("Plan: several plans in one pass run in order; a copy is rejected", () =>
  withGpu(async (gpu) => {
    const x = gpu.storage("x", 16);
    const [add, double] = [new Plan(gpu), new Plan(gpu)];
    let count = 4;
    add.add("add", step("x[id.x] += 1.0;"), { 3: x }, (): Workgroups => [count, 1, 1]);
    add.add("add again", step("x[id.x] += 1.0;"), { 3: x }, (): Workgroups => [2, 1, 1]);
    double.add("double", step("x[id.x] *= 2.0;"), { 3: x }, (): Workgroups => [count, 1, 1]);
    const encoder = gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (count = 4; count >= 3; count--) {
      add.encodeInto(pass);
      double.encodeInto(pass);
    }
    pass.end();
    gpu.submit(encoder.finish());
    assertEquals([...await readFloats(gpu, x, 4)], [12, 12, 6, 2]);
    add.copy(x, gpu.storage("copy", 16), () => [0, 16]);
    assertThrows(
      () => add.encodeInto(gpu.device.createCommandEncoder().beginComputePass()),
      TypeError,
      "a compute pass cannot hold a copy",
    );
    await gpu.check();
  }));

Deno.test("Readback: can be used again, and is freed", () =>
  withGpu(async (gpu) => {
    const source = gpu.storage("source", 16);
    const readback = new Readback(gpu, "readback", 16);
    const before = gpu.allocatedBytes;
    for (let i = 1; i <= 3; i++) {
      gpu.write(source, 0, Float32Array.of(i, i * 2, i * 3, i * 4));
      const encoder = gpu.device.createCommandEncoder();
      readback.copy(encoder, source, 8, 8);
      gpu.device.queue.submit([encoder.finish()]);
      assertEquals([...new Float32Array(await readback.take(), 0, 2)], [i * 3, i * 4]);
    }
    readback.dispose();
    assertEquals(gpu.allocatedBytes, before - 16);
  }));

Deno.test("Matrix: rows come back as they were written, in buffers, parts and textures", () =>
  withGpu(async (gpu) => {
    const { software } = gpu.traits;
    const cases: [StorageDtype, number, number, boolean, number | undefined][] = [
      ["float32", 7, 5, false, undefined],
      ["float16", 37, 30, false, 8 * 32 * 2],
      ["bfloat16", 5000, 9, true, undefined],
      ["float32", 2048, 3, true, undefined],
    ];
    for (const [dtype, rows, columns, texture, binding] of cases) {
      const what = `${dtype} ${rows} × ${columns}${texture ? " in textures" : ""}`;
      Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: texture } });
      if (binding) Object.defineProperty(gpu, "maxBindingBytes", { value: binding, configurable: true });
      const matrix = allocateMatrix(gpu, "weight", rows, columns, dtype);
      Reflect.deleteProperty(gpu, "maxBindingBytes");
      assertEquals(matrix.storage, texture ? "texture" : "buffer", what);
      assertEquals(matrix.parts.length, binding ? 5 : 1, what);
      const bytes = Uint8Array.from(
        { length: rows * rowBytes(columns, dtype) },
        (_, i) => (i * 7 + (i >> 8)) % 251,
      );
      const first = Math.floor(rows / 3) * rowBytes(columns, dtype);
      // The later part first: pieces may be written in any order.
      writeRows(gpu, matrix, Math.floor(rows / 3), bytes.slice(first));
      writeRows(gpu, matrix, 0, bytes.slice(0, first));
      const back = await readRows(gpu, matrix);
      assertEquals(back.length, bytes.length, what);
      assertEquals(back.findIndex((byte, i) => byte !== bytes[i]), -1, what);
      freeMatrix(gpu, matrix);
      assertEquals(gpu.allocatedBytes, 0, what);
    }
    Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software } });
    await gpu.check();
  }));

Deno.test("placeOf: every row has one place, pairs at the given distance; adjacent if a matrix is split or in 4 bits", async () => {
  for (const [rows, apart] of [[12, 1], [12, 2], [12, 3], [12, 6], [38, 19]]) {
    const places = Array.from({ length: rows }, (_, row) => placeOf({ apart }, row));
    assertEquals(
      places.toSorted((a, b) => a - b),
      Array.from({ length: rows }, (_, i) => i),
      `${apart} apart`,
    );
    for (let row = 0; row < rows; row += 2) assertEquals(places[row + 1] - places[row], apart);
    assertEquals(places.slice(0, 3).filter((_, i) => i % 2 === 0), apart === 1 ? [0, 2] : [0, 1]);
  }
  await withGpu((gpu) => {
    const int4 = { groupSize: 32, scaleDtype: "bfloat16", zeroKind: "value" } as const;
    const wanted = { apart: 8 };
    const one = allocateMatrix(gpu, "one", 32, 64, "float16", wanted);
    const codes = allocateMatrix(gpu, "codes", 32, 64, int4, wanted);
    Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: false } });
    Object.defineProperty(gpu, "maxBindingBytes", { value: 16 * 64 * 2 });
    const split = allocateMatrix(gpu, "split", 32, 64, "float16", wanted);
    assertEquals([one, codes, split].map(({ apart }) => apart), [8, 1, 1]);
    for (const matrix of [one, codes, split]) freeMatrix(gpu, matrix);
    return gpu.check();
  });
});
