import { assertEquals } from "@std/assert";
import { Gpu } from "../gpu/gpu.ts";
import { padTo8, type StorageDtype } from "../gpu/matrix.ts";
import { embedding } from "../reference/embedding.ts";
import { rmsNorm as rmsNormTwin } from "../reference/rms_norm.ts";
import { embed, gather, rmsNorm } from "./embed_norm_gather.ts";
import {
  assertWithin,
  EPS,
  KernelTest,
  numbers,
  padRows,
  stored,
  trimRows,
  untouched,
} from "../../tests/support/ops.ts";

const DTYPES: StorageDtype[] = ["float32", "float16", "bfloat16"];

async function checkEmbed(gpu: Gpu, dtype: StorageDtype, rows: number, width: number, parts: number) {
  const table = stored(numbers(1, rows * width), dtype);
  const ids = [rows - 1, 0, Math.floor(rows / 2), 0, 1];
  using test = new KernelTest(gpu);
  const stride = padTo8(width);
  const x = test.output(ids.length * stride);
  const matrix = test.matrix(table, rows, width, dtype);
  const what = `embed ${dtype} ${rows} × ${width} in ${parts}`;
  assertEquals(matrix.parts.length, parts, what);
  embed(test.plan, {
    table: matrix,
    x,
    batch: test.batch(ids.map((id) => [id, 0, 0, 0])),
    tokens: () => ids.length,
  });
  await test.run();
  const got = await test.read(x, ids.length * stride, what);
  // Nothing is rounded, and the padding is zero.
  assertWithin(got, padRows(embedding(ids, table, width), width, stride), 0, what);
}

Deno.test("embed: rows of every storage type", async () => {
  using gpu = await Gpu.open();
  for (const [i, dtype] of DTYPES.entries()) await checkEmbed(gpu, dtype, 61, [13, 64, 600][i], 1);
});

Deno.test("embed: a table in several buffers", async () => {
  using gpu = await Gpu.open();
  // As on a device that is not a software driver, with small bindings.
  Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: false } });
  Object.defineProperty(gpu, "maxBindingBytes", { value: 16 * 16 * 4 });
  await checkEmbed(gpu, "float32", 37, 13, 3);
  await checkEmbed(gpu, "bfloat16", 64, 12, 2);
});

Deno.test("rms_norm: matches the reference", async () => {
  using gpu = await Gpu.open();
  for (const [tokens, width, eps] of [[1, 1, 1e-6], [5, 67, 1e-5], [3, 1024, 0.5]]) {
    using test = new KernelTest(gpu);
    const stride = padTo8(width);
    const x = numbers(1, tokens * width, 0.7);
    const weight = numbers(2, width, 0.3, 1);
    const y = test.filledOutput(new Float32Array(tokens * stride).fill(NaN));
    rmsNorm(test.plan, {
      x: test.floats(padRows(x, width, stride)),
      y,
      weight: test.floats(padRows(weight, width, stride)),
      width,
      eps,
      batch: test.rows(tokens),
      tokens: () => tokens,
    });
    await test.run();
    const what = `rms_norm ${tokens} × ${width}`;
    const want = rmsNormTwin(x, weight, tokens, width, eps);
    const got = trimRows(await test.read(y, tokens * stride, what), width, stride);
    // The sum of squares has terms of one sign; inverseSqrt has an error of two units.
    assertWithin(got, want, (i) => (width / 64 + 10) * EPS * Math.abs(want[i]), what);
  }
});

Deno.test("gather: the listed rows only", async () => {
  using gpu = await Gpu.open();
  for (const width of [5, 300]) {
    using test = new KernelTest(gpu);
    const stride = padTo8(width);
    const x = numbers(1, 7 * stride);
    const rows = [6, 0, 3];
    const y = test.output(4 * stride);
    gather(test.plan, {
      index: test.words([rows.length, ...rows]),
      x: test.floats(x),
      y,
      width,
      // One more than are listed.
      count: () => 4,
    });
    await test.run();
    const what = `gather of ${width}`;
    const got = await test.read(y, 4 * stride, what);
    assertWithin(got.subarray(0, 3 * stride), embedding(rows, x, stride), 0, what);
    assertEquals(untouched(got, 3 * stride), true, what);
  }
});
