/**
 * Times each kernel on the shapes of a model, after comparing its result with the float64 twin.
 *
 *     deno task bench:kernels [l110m|l1b|7b] [float16|float32|bfloat16|int4]
 *
 * int4: groups of 128 columns. As in a model, inputs are read from textures on a software driver. Prints a
 * table: milliseconds, GB/s of the bytes that must be read, GFLOP/s, share of the measured copy bandwidth;
 * and the computed cost of tiled prompts on a GPU.
 */
import { convertWeights } from "../src/checkpoint/safetensors/convert.ts";
import { Gpu } from "../src/gpu/gpu.ts";
import {
  allocateMatrix,
  freeMatrix,
  isInt4,
  type MatrixFormat,
  padTo8,
  rowBytes,
  type StorageDtype,
  writeRows,
} from "../src/gpu/matrix.ts";
import { timePlan } from "../src/gpu/timing.ts";
import { copySpeed } from "../src/generate/measure/bench.ts";
import { attention, partialBytes } from "../src/ops/attention.ts";
import { splitsOf } from "../src/ops/attention_cut.ts";
import { int4Matrix, int4Rows } from "../src/trial/int4_trial.ts";
import { linear, storeTo } from "../src/ops/linear.ts";
import { KernelTest, numbers, stored } from "../tests/support/ops.ts";
import { linearVariants, tileBytes, type TileVariant } from "../src/ops/tuning.ts";

interface Shape {
  hidden: number;
  inner: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocab: number;
}

const SHAPES: Record<string, Shape> = {
  l110m: { hidden: 768, inner: 2048, heads: 12, kvHeads: 12, headDim: 64, vocab: 32000 },
  l1b: { hidden: 2048, inner: 5632, heads: 32, kvHeads: 4, headDim: 64, vocab: 32000 },
  "7b": { hidden: 4096, inner: 11008, heads: 32, kvHeads: 32, headDim: 128, vocab: 32000 },
};
/** Rows whose results are compared with the twin's. */
const CHECKED = 16;
const RUNS = 5;

const [name = "l110m", dtype = "float16"] = Deno.args;
const shape = SHAPES[name];
const format: MatrixFormat = dtype === "int4"
  ? { groupSize: 128, scaleDtype: "bfloat16", zeroKind: "value" }
  : dtype as StorageDtype;
const gpu = await Gpu.open();
const copy = await copySpeed(gpu);
console.log(`${name} ${dtype}, ${gpu.info.description}, copying ${copy.toFixed(2)} GB/s`);
console.log("| kernel | tokens | ms | GB/s | GFLOP/s | of copying |\n| --- | --- | --- | --- | --- | --- |");

const qkv = (shape.heads + 2 * shape.kvHeads) * shape.headDim;
const linears: [string, number, number][] = [
  ["qkv_proj", qkv, shape.hidden],
  ["o_proj", shape.hidden, shape.heads * shape.headDim],
  ["gate_up_proj", 2 * shape.inner, shape.hidden],
  ["down_proj", shape.hidden, shape.inner],
  ["lm_head", shape.vocab, shape.hidden],
];
for (const tokens of [1, 64]) {
  for (const [label, rows, columns] of linears) {
    if (label !== "lm_head" || tokens === 1) await timeLinear(label, rows, columns, tokens);
  }
}
for (const length of [128, 1920]) await timeAttention(length);
gpu.dispose();
printCounts();

/**
 * Overhead of one product of a weight and an input: kernels/linear/tile.wgsl, compared with
 * kernels/linear/linear.wgsl.
 */
function printCounts(): void {
  const weightBytes = rowBytes(1 << 12, format) / (1 << 12);
  const line = (what: string, rows: number, tokens: number, loads: number, sums: number, bytes: number) =>
    console.log(
      `| ${what} | ${(weightBytes / tokens + 4 / rows).toFixed(4)} | ${
        loads.toFixed(4)
      } | ${sums} | ${bytes} |`,
    );
  console.log(
    `\nPrompts on a GPU, on paper (${dtype}):\n| cut | bytes of memory a product | loads of 16 bytes a product | sums a thread | ` +
      "bytes of workgroup memory |\n| --- | --- | --- | --- | --- |",
  );
  // A thread of a team loads eight columns of ROWS rows, of COLS tokens and of the norm.
  const loads = (rows: number, tokens: number) =>
    (rows * weightBytes / 2 + 2 * tokens + 2) / (8 * rows * tokens);
  for (const tokens of [4, 8]) {
    line(`teams of 4 rows × ${tokens} tokens`, 4, tokens, loads(4, tokens), 4 * tokens, 0);
  }
  const traits = { software: false, subgroupSize: 32, timestamps: false };
  const matrix = { rows: 4096, columns: 4096, format, storage: "buffer", lineRows: 1 } as const;
  for (const variant of linearVariants(traits, matrix, "prompt") as TileVariant[]) {
    const { rows, threads, tileRows, tileTokens } = variant;
    const tokens = tileRows * tileTokens / threads / rows;
    const what = `tile of ${tileRows} × ${tileTokens}, ${rows} × ${tokens} a thread`;
    line(
      what,
      tileRows,
      tileTokens,
      (rows + tokens) / (4 * rows * tokens),
      rows * tokens,
      tileBytes(variant),
    );
  }
}

async function timeLinear(label: string, rows: number, columns: number, tokens: number): Promise<void> {
  using test = new KernelTest(gpu);
  const { weight, matrix } = matrixOf(
    rows,
    columns,
    label === "lm_head" && dtype === "int4" ? "float16" : format,
  );
  const x = numbers(2, tokens * columns);
  const y = test.output(tokens * padTo8(rows));
  const xMirror = gpu.traits.software ? gpu.mirror("x mirror", columns / 4, tokens) : undefined;
  if (xMirror) gpu.writeTexture(xMirror, 0, 0, tokens, new Uint8Array(Float32Array.from(x).buffer));
  linear(test.plan, {
    label,
    matrix,
    x: test.floats(x),
    xMirror,
    batch: test.rows(tokens),
    tokens: () => tokens,
    columns: tokens === 1 ? 1 : "prompt",
    finish: storeTo(y, padTo8(rows)),
  });
  await test.run();
  const results = await test.read(y, tokens * padTo8(rows), label);
  for (let i = 0; i < CHECKED; i++) {
    const [row, token] = [(i * 7919) % rows, i % tokens];
    let [sum, size] = [0, 0];
    for (let k = 0; k < columns; k++) {
      const product = weight[row * columns + k] * x[token * columns + k];
      sum += product;
      size += Math.abs(product);
    }
    const got = results[token * padTo8(rows) + row];
    // In 4 bits, codes and zeros are summed separately and are larger than the weights.
    if (!(Math.abs(got - sum) <= size * (dtype === "int4" ? 1e-5 : 1e-6) + 1e-6)) {
      throw new Error(`${label}: row ${row}: ${got}, not ${sum}`);
    }
  }
  const ms = await timePlan(gpu, test.plan, RUNS);
  print(label, tokens, ms, rows * rowBytes(columns, matrix.format), 2 * rows * columns * tokens);
  freeMatrix(gpu, matrix);
  if (xMirror) gpu.free(xMirror);
}

function matrixOf(rows: number, columns: number, format: MatrixFormat) {
  if (!isInt4(format)) {
    const weight = stored(numbers(1, rows * columns), format);
    const matrix = allocateMatrix(gpu, "weight", rows, columns, format);
    const bytes = convertWeights(new Uint8Array(Float32Array.from(weight).buffer), "float32", format);
    writeRows(gpu, matrix, 0, Uint8Array.from(bytes));
    return { weight, matrix };
  }
  const { weight, values } = int4Rows(rows, columns, format);
  return { weight, matrix: int4Matrix(gpu, columns, format, values) };
}

async function timeAttention(length: number): Promise<void> {
  using test = new KernelTest(gpu);
  const { heads, kvHeads, headDim } = shape;
  const keys = numbers(3, kvHeads * length * headDim);
  const out = test.output(heads * headDim);
  const splits = splitsOf(length, gpu.traits);
  attention(test.plan, {
    ...shape,
    label: "attention",
    kv: {
      dtype: "float32",
      shares: [{
        firstHead: 0,
        heads: kvHeads,
        keys: test.floats(keys),
        // All values are one, so the result is one for any weights.
        values: test.floats(new Float32Array(keys.length).fill(1)),
      }],
    },
    workspace: {
      q: test.floats(numbers(4, heads * headDim)),
      batch: test.batch([[0, 0, length - 1, length - 1]], length),
      tiles: test.words([0, 1]),
      tileTokens: 1,
      attended: out,
      mirrors: {},
      partial: test.output(partialBytes(shape, 1, splits) / 4),
      count: 1,
      tileCount: 1,
      splits,
      reach: length,
    },
  });
  await test.run();
  const results = await test.read(out, heads * headDim, "attention");
  if (!results.every((value) => Math.abs(value - 1) < 1e-5)) {
    throw new Error("attention: weights do not sum to one");
  }
  const ms = await timePlan(gpu, test.plan, RUNS);
  print(`attention over ${length}`, 1, ms, 2 * keys.length * 4, 4 * heads * length * headDim);
}

function print(label: string, tokens: number, ms: number, bytes: number, operations: number): void {
  const rate = bytes / ms / 1e6;
  const share = (100 * rate / copy).toFixed(0);
  const cells = [
    label,
    tokens,
    ms.toFixed(2),
    rate.toFixed(2),
    (operations / ms / 1e6).toFixed(2),
    `${share} %`,
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
