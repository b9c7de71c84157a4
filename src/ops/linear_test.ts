import { assertEquals } from "@std/assert";
import { Gpu } from "../gpu/gpu.ts";
import { padTo8, type StorageDtype } from "../gpu/matrix.ts";
import { linear as linearTwin } from "../reference/linear.ts";
import { rmsNorm as rmsNormTwin } from "../reference/rms_norm.ts";
import { addTo, linear, storeTo } from "./linear.ts";
import { checkColumns, plainGpu, withBinding } from "../../tests/support/linear.ts";
import type { Columns } from "./tuning.ts";
import {
  assertWithin,
  EPS,
  KernelTest,
  numbers,
  padRows,
  stored,
  trimRows,
} from "../../tests/support/ops.ts";

interface Case {
  dtype: StorageDtype;
  rows: number;
  width: number;
  tokens: number;
  norm?: boolean;
  bias?: boolean;
  residual?: boolean;
  /** Maximum bytes per binding; a small value splits the matrix. */
  binding?: number;
}

const NORM_EPS = 1e-5;

/**
 * The expected results of linear, and their float32 error bounds: a sum of `width` products, rounded one by
 * one.
 */
function expected(one: Case) {
  const { dtype, rows, width, tokens } = one;
  const x = numbers(1, tokens * width);
  const weight = stored(numbers(2, rows * width, 0.5), dtype);
  const gain = one.norm ? numbers(3, width, 0.2, 1) : undefined;
  const bias = one.bias ? numbers(4, rows) : undefined;
  const before = one.residual ? numbers(5, tokens * rows) : undefined;
  const input = gain ? rmsNormTwin(x, gain, tokens, width, NORM_EPS) : x;
  const y = linearTwin(input, weight, bias, tokens, width, rows);
  if (before) y.forEach((_, i) => y[i] += before[i]);
  const size = linearTwin(
    input.map(Math.abs),
    weight.map(Math.abs),
    bias?.map(Math.abs),
    tokens,
    width,
    rows,
  );
  const bound = (i: number) => EPS * ((width / 4 + 16) * size[i] + 2 * Math.abs(before?.[i] ?? 0));
  return { x, weight, gain, bias, before, y, bound };
}

async function run(gpu: Gpu, one: Case, columns: Columns, want: ReturnType<typeof expected>, what: string) {
  const { rows, width, tokens } = one;
  using test = new KernelTest(gpu);
  const stride = padTo8(rows);
  const y = want.before
    ? test.filledOutput(padRows(want.before, rows, stride))
    : test.output(tokens * stride);
  const matrix = withBinding(gpu, one.binding, () => test.matrix(want.weight, rows, width, one.dtype));
  assertEquals(matrix.parts.length > 1, one.binding !== undefined, `${what}: split`);
  assertEquals(matrix.parts.reduce((sum, part) => sum + part.rows, 0), rows, `${what}: rows of all parts`);
  linear(test.plan, {
    label: "linear",
    matrix,
    x: test.floats(padRows(want.x, width, padTo8(width))),
    batch: test.rows(tokens),
    tokens: () => tokens,
    columns,
    norm: want.gain && { weight: test.floats(padRows(want.gain, width, padTo8(width))), eps: NORM_EPS },
    bias: want.bias && test.floats(want.bias),
    finish: one.residual ? addTo(y, stride) : storeTo(y, stride),
  });
  await test.run();
  const got = await test.read(y, tokens * stride, what);
  return Float32Array.from(trimRows(got, rows, stride));
}

/** Each variant costs a compilation: shapes and options are paired up rather than crossed. */
const CASES: (Case & { columns: Columns[] })[] = [
  { dtype: "float32", rows: 1, width: 1, tokens: 1, columns: [1] },
  { dtype: "float32", rows: 7, width: 13, tokens: 3, norm: true, bias: true, columns: [1, 2, 4] },
  { dtype: "float16", rows: 61, width: 100, tokens: 5, norm: true, residual: true, columns: [1, 4] },
  { dtype: "float16", rows: 5, width: 1031, tokens: 1, bias: true, columns: [1] },
  { dtype: "bfloat16", rows: 33, width: 67, tokens: 7, norm: true, residual: true, columns: [2, 4] },
  { dtype: "bfloat16", rows: 257, width: 8, tokens: 2, columns: [1, 4] },
];

/** In buffers, some of which are too small for the matrix. */
const BUFFER_CASES: (Case & { columns: Columns[] })[] = [
  { dtype: "bfloat16", rows: 3, width: 2048, tokens: 3, bias: true, norm: true, columns: [1, 4, 8] },
  {
    dtype: "float16",
    rows: 25,
    width: 31,
    tokens: 5,
    norm: true,
    residual: true,
    columns: [1, 2],
    binding: 1024,
  },
  { dtype: "float32", rows: 21, width: 20, tokens: 1, bias: true, columns: [1], binding: 16 * 24 * 4 },
];

/**
 * In tiles: less than one, several and a fraction, columns that do not fill a step, parts that are not whole
 * tiles.
 */
const TILE_CASES: (Case & { columns: Columns[] })[] = [
  { dtype: "float32", rows: 1, width: 1, tokens: 1, columns: ["prompt"] },
  { dtype: "float16", rows: 77, width: 104, tokens: 65, norm: true, residual: true, columns: ["prompt"] },
  { dtype: "bfloat16", rows: 129, width: 37, tokens: 130, bias: true, columns: ["prompt"] },
  {
    dtype: "float32",
    rows: 200,
    width: 515,
    tokens: 3,
    norm: true,
    bias: true,
    columns: ["prompt"],
    binding: 520 * 4 * 72,
  },
];

Deno.test("linear: matches the reference, the same bits for any COLS", async () => {
  using gpu = await Gpu.open();
  await checkColumns(gpu, CASES, expected, run);
});

Deno.test("linear without subgroups, weights in buffers, split: matches the reference", async () => {
  using gpu = await plainGpu();
  assertEquals(gpu.traits.subgroupSize, 0);
  await checkColumns(gpu, BUFFER_CASES, expected, run);
  await checkColumns(gpu, TILE_CASES, expected, run);
});

Deno.test("linear: more rows than a dimension has workgroups", async () => {
  using gpu = await Gpu.open();
  const lanes = gpu.traits.subgroupSize || 8;
  const rows = 65535 * 4 * Math.max(64, lanes) / lanes + 5;
  const weight = Float64Array.from({ length: rows }, (_, i) => i % 2039 - 1000);
  using test = new KernelTest(gpu);
  const y = test.output(rows);
  linear(test.plan, {
    label: "linear",
    matrix: test.matrix(weight, rows, 1, "float16"),
    x: test.floats([1, 0, 0, 0, 0, 0, 0, 0]),
    batch: test.rows(1),
    tokens: () => 1,
    columns: 1,
    finish: storeTo(y, rows),
  });
  await test.run();
  const what = `linear ${rows} × 1`;
  assertWithin(await test.read(y, rows, what), weight, 0, what);
});
