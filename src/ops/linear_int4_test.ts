import { assertEquals } from "@std/assert";
import { Gpu } from "../gpu/gpu.ts";
import { freeMatrix, type Int4Format, padTo8 } from "../gpu/matrix.ts";
import { linear as linearTwin } from "../reference/linear.ts";
import { rmsNorm as rmsNormTwin } from "../reference/rms_norm.ts";
import { int4Matrix, int4Rows } from "../trial/int4_trial.ts";
import { addTo, linear, storeTo } from "./linear.ts";
import { checkColumns, plainGpu, withBinding } from "../../tests/support/linear.ts";
import type { Columns } from "./tuning.ts";
import { EPS, KernelTest, numbers, padRows, trimRows } from "../../tests/support/ops.ts";

interface Case {
  rows: number;
  width: number;
  format: Int4Format;
  tokens: number;
  columns: Columns[];
  norm?: boolean;
  residual?: boolean;
  binding?: number;
  /** True if columns have their own order. */
  ordered?: boolean;
}

const NORM_EPS = 1e-5;

/** The expected results of linear, and their float32 error bounds. */
function expected(one: Case) {
  const { rows, width, tokens } = one;
  const order = one.ordered ? orderOf(one) : undefined;
  const { weight, values } = int4Rows(rows, width, one.format, order);
  const x = numbers(1, tokens * width);
  const gain = one.norm ? numbers(3, width, 0.2, 1) : undefined;
  const before = one.residual ? numbers(5, tokens * rows) : undefined;
  const input = gain ? rmsNormTwin(x, gain, tokens, width, NORM_EPS) : x;
  const y = linearTwin(input, weight, undefined, tokens, width, rows);
  if (before) y.forEach((_, i) => y[i] += before[i]);
  // Codes and the zero are summed separately and may be larger than the weight: at most 16 scales each, of
  // 0.08 at most.
  const span = weight.map((w) => Math.abs(w) + 3);
  const size = linearTwin(input.map(Math.abs), span, undefined, tokens, width, rows);
  const bound = (i: number) => EPS * ((width / 4 + 40) * size[i] + 2 * Math.abs(before?.[i] ?? 0));
  return { x, values, order, gain, before, y, bound };
}

/** Interleaves columns of different groups. */
function orderOf({ width }: Case): Uint32Array {
  return Uint32Array.from({ length: width }, (_, place) => place * 7 % width);
}

async function run(gpu: Gpu, one: Case, columns: Columns, want: ReturnType<typeof expected>, what: string) {
  const { rows, width, tokens, format } = one;
  using test = new KernelTest(gpu);
  const stride = padTo8(rows);
  const y = want.before
    ? test.filledOutput(padRows(want.before, rows, stride))
    : test.output(tokens * stride);
  const matrix = withBinding(gpu, one.binding, () => int4Matrix(gpu, width, format, want.values, want.order));
  assertEquals(matrix.parts.length > 1, one.binding !== undefined, `${what}: split`);
  try {
    linear(test.plan, {
      label: "linear",
      matrix,
      // Values beyond the last column must have no effect.
      x: test.floats(padRows(want.x, width, padTo8(width))),
      batch: test.rows(tokens),
      tokens: () => tokens,
      columns,
      norm: want.gain && { weight: test.floats(padRows(want.gain, width, padTo8(width))), eps: NORM_EPS },
      finish: one.residual ? addTo(y, stride) : storeTo(y, stride),
    });
    await test.run();
    const got = await test.read(y, tokens * stride, what);
    return Float32Array.from(trimRows(got, rows, stride));
  } finally {
    freeMatrix(gpu, matrix);
  }
}

const TORCHAO = { scaleDtype: "bfloat16", zeroKind: "value" } as const;
const GPTQ = { scaleDtype: "float16", zeroKind: "point" } as const;

/** Each variant costs a compilation: shapes and options are paired up rather than crossed. */
const CASES: Case[] = [
  { rows: 1, width: 32, format: { groupSize: 32, ...TORCHAO }, tokens: 1, columns: [1] },
  { rows: 61, width: 320, format: { groupSize: 64, ...TORCHAO }, tokens: 5, norm: true, columns: [1, 2, 4] },
  { rows: 70, width: 1152, format: { groupSize: 128, ...GPTQ }, tokens: 3, residual: true, columns: [1, 4] },
  { rows: 130, width: 768, format: { groupSize: 256, ...TORCHAO }, tokens: 1, columns: [1] },
  {
    rows: 17,
    width: 96,
    format: { groupSize: 32, ...GPTQ },
    tokens: 5,
    norm: true,
    ordered: true,
    columns: [1, 4],
  },
  // One group per row, which does not fill its last unit.
  { rows: 9, width: 100, format: { groupSize: 100, ...GPTQ }, tokens: 2, norm: true, columns: [1, 2] },
];

/** In buffers, some of which are too small for the matrix. */
const BUFFER_CASES: Case[] = [
  {
    rows: 25,
    width: 160,
    format: { groupSize: 32, ...GPTQ },
    tokens: 5,
    norm: true,
    columns: [1, 2],
    binding: 960,
  },
  {
    rows: 7,
    width: 1152,
    format: { groupSize: 128, ...TORCHAO },
    tokens: 3,
    norm: true,
    residual: true,
    columns: [1, 4, 8],
  },
  {
    rows: 5,
    width: 64,
    format: { groupSize: 32, ...GPTQ },
    tokens: 1,
    norm: true,
    ordered: true,
    columns: [1],
  },
  { rows: 3, width: 44, format: { groupSize: 44, ...TORCHAO }, tokens: 2, columns: [1] },
];

/** In tiles. */
const TILE_CASES: Case[] = [
  {
    rows: 77,
    width: 480,
    format: { groupSize: 96, ...TORCHAO },
    tokens: 65,
    norm: true,
    residual: true,
    columns: ["prompt"],
  },
  {
    rows: 65,
    width: 64,
    format: { groupSize: 32, ...GPTQ },
    tokens: 3,
    ordered: true,
    norm: true,
    columns: ["prompt"],
  },
  {
    rows: 200,
    width: 44,
    format: { groupSize: 44, ...GPTQ },
    tokens: 5,
    columns: ["prompt"],
    binding: 48 * 72,
  },
];

Deno.test("linear in 4 bits: matches the reference, the same bits for any COLS", async () => {
  using gpu = await Gpu.open();
  await checkColumns(gpu, CASES, expected, run);
});

Deno.test("linear in 4 bits without subgroups, in buffers, split: matches the reference", async () => {
  using gpu = await plainGpu();
  await checkColumns(gpu, BUFFER_CASES, expected, run);
  await checkColumns(gpu, TILE_CASES, expected, run);
});
