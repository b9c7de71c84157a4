import { assert, assertEquals } from "@std/assert";
import { Gpu, type GpuTraits } from "../gpu/gpu.ts";
import { freeMatrix, type MatrixFormat, padTo8 } from "../gpu/matrix.ts";
import { int4Matrix, int4Rows } from "../trial/int4_trial.ts";
import { addTo, type Finish, gateTo, linear, storeTo } from "./linear.ts";
import { plainGpu } from "../../tests/support/linear.ts";
import { assertSameBits, KernelTest, numbers, stored } from "../../tests/support/ops.ts";
import {
  chosenVariant,
  type Columns,
  linearVariants,
  stagedVecs,
  teamColumns,
  teamLanes,
  tileBytes,
  type TileVariant,
  type TunedMatrix,
  tuningKey,
  tuningOf,
} from "./tuning.ts";

const INT4: MatrixFormat = { groupSize: 32, scaleDtype: "bfloat16", zeroKind: "value" };
const HARDWARE: GpuTraits = { software: false, subgroupSize: 32, timestamps: true };
const MATRIX: TunedMatrix = { rows: 64, columns: 32, format: "float16", storage: "buffer", lineRows: 1 };

/** Runs one map with every variant of the device; all must match the first one's bits. */
async function checkVariants(
  gpu: Gpu,
  format: MatrixFormat,
  finish: (y: GPUBuffer, stride: number) => Finish,
  together: Columns = 2,
) {
  const [rows, columns, tokens] = [76, 96, together === "prompt" ? 67 : 3];
  using test = new KernelTest(gpu);
  const matrix = typeof format === "object"
    ? int4Matrix(gpu, columns, format, int4Rows(rows, columns, format).values)
    : test.matrix(stored(numbers(2, rows * columns), format), rows, columns, format);
  const x = test.floats(numbers(1, tokens * columns));
  const norm = { weight: test.floats(numbers(3, columns, 0.2, 1)), eps: 1e-5 };
  let first: Float32Array | undefined;
  const variants = linearVariants(gpu.traits, matrix, together);
  assert(variants.length > 1, "there is a choice");
  for (const variant of variants) {
    using run = new KernelTest(gpu);
    const stride = padTo8(rows);
    const y = run.filledOutput(numbers(4, tokens * stride));
    const step = {
      label: "linear",
      matrix,
      x,
      norm,
      batch: test.rows(tokens),
      tokens: () => tokens,
      columns: together,
    };
    tuningOf(gpu).set(tuningKey(matrix, together), variant);
    assertEquals(chosenVariant(gpu, matrix, together), variant);
    linear(run.plan, { ...step, finish: finish(y, stride) });
    await run.run();
    const what = JSON.stringify({ format, ...variant, lanes: gpu.traits.subgroupSize });
    const got = await run.read(y, tokens * stride, what);
    assertSameBits(got, first ??= got, what);
  }
  if (typeof format === "object") freeMatrix(gpu, matrix);
}

Deno.test("tuning: every variant of a software driver gives the same bits", async () => {
  using gpu = await Gpu.open();
  await checkVariants(gpu, "float16", storeTo);
  await checkVariants(gpu, INT4, storeTo);
});

Deno.test("tuning: every variant of a GPU gives the same bits, whatever becomes of the results", async () => {
  using gpu = await plainGpu();
  await checkVariants(gpu, "bfloat16", (y, stride) => gateTo(y, stride, "silu"));
  await checkVariants(gpu, INT4, addTo);
  await checkVariants(gpu, "float16", addTo, "prompt");
  await checkVariants(gpu, INT4, storeTo, "prompt");
});

Deno.test("tuning: tiles fit every device that WebGPU knows, and their threads share the work evenly", () => {
  const tiles = linearVariants(HARDWARE, MATRIX, "prompt") as TileVariant[];
  assert(tiles.length > 1);
  for (const tile of tiles) {
    const { rows, threads, tileRows, tileTokens } = tile;
    const tokenThreads = threads * rows / tileRows;
    const whole = [
      tileRows / rows,
      tokenThreads,
      tileTokens / tokenThreads,
      2 * tileRows / threads,
      4 * tileTokens / threads,
    ];
    assert(whole.every((count) => Number.isInteger(count) && count > 0), JSON.stringify({ tile, whole }));
    assert(threads <= 256 && tileBytes(tile) <= 16384, JSON.stringify(tile));
    assertEquals(rows % 4, 0, "finishing takes pairs of rows");
  }
  assertEquals(
    linearVariants({ ...HARDWARE, software: true }, MATRIX, "prompt"),
    linearVariants({ ...HARDWARE, software: true }, MATRIX),
  );
});

Deno.test("tuning: teams fill workgroups on devices of any subgroup", () => {
  for (const subgroupSize of [0, 4, 8, 16, 32, 64, 128]) {
    const traits = { ...HARDWARE, subgroupSize };
    const variants = linearVariants(traits, MATRIX);
    assert(variants.length > 0 && variants[0].rows === (subgroupSize < 64 ? 4 : 2));
    for (const { threads } of variants) assertEquals(threads % teamLanes(traits), 0);
  }
});

Deno.test("tuning: a GPU's teams have 16 threads or more, keep their sums in registers, and fit workgroup memory", () => {
  for (const subgroupSize of [0, 4, 8, 16, 32, 64, 128]) {
    const traits = { ...HARDWARE, subgroupSize };
    const lanes = teamLanes(traits);
    assert(lanes >= 16);
    for (const format of ["float16", INT4] as const) {
      for (const wanted of [1, 2, 4, 8]) {
        for (const { rows, threads } of linearVariants(traits, { ...MATRIX, format }, wanted)) {
          const cols = teamColumns(traits, format, wanted, rows);
          const what = JSON.stringify({ subgroupSize, format, cols, rows, threads });
          const sums = (rows + 1) * threads / 2;
          assert(rows * cols <= (format === INT4 ? 16 : 32), what);
          assert(Number.isInteger(cols) && cols >= 1, what);
          assert(rows % 2 === 0, `${what}: finishing takes pairs of rows`);
          // As in walk_int4_staged and linear_sums_workgroup.
          const vecs = stagedVecs(lanes, cols);
          const staged = format === INT4 ? vecs * cols * (lanes + 1) * (16 + 4 / 2) : 0;
          assert(staged + (lanes === subgroupSize ? 0 : 4 * sums) <= 16384, what);
        }
      }
    }
  }
});

Deno.test("tuning: a matrix of few rows still gives a GPU enough threads", () => {
  const matrix = { ...MATRIX, rows: 4096, columns: 4096 };
  for (const subgroupSize of [0, 32, 64]) {
    for (const format of ["float16", INT4] as const) {
      const traits = { ...HARDWARE, subgroupSize };
      const [{ rows, threads }] = linearVariants(traits, { ...matrix, format });
      const workgroups = matrix.rows * teamLanes(traits) / rows / threads;
      assert(
        workgroups >= 256 && workgroups * threads >= 32768,
        JSON.stringify({ format, workgroups, threads }),
      );
    }
  }
});

Deno.test("tuning: choices are kept apart by device, matrix and columns; what a device cannot run is not chosen", () => {
  const [one, other] = [Gpu.counting(HARDWARE), Gpu.counting({ ...HARDWARE, subgroupSize: 128 })];
  const [usual] = linearVariants(HARDWARE, MATRIX);
  const wide = { rows: 2, threads: 64 };
  const key = tuningKey(MATRIX, 1);
  tuningOf(one).set(key, wide);
  tuningOf(other).set(key, wide);
  assertEquals(chosenVariant(one, MATRIX, 1), wide);
  assertEquals(chosenVariant(one, MATRIX, 4), usual);
  for (const another of [{ rows: 65 }, { columns: 31 }, { format: "bfloat16" }, { format: INT4 }] as const) {
    const matrix = { ...MATRIX, ...another };
    assertEquals(chosenVariant(one, matrix, 1), linearVariants(HARDWARE, matrix)[0]);
  }
  assertEquals(chosenVariant(other, MATRIX, 1), { rows: 2, threads: 128 }, "64 threads are half a subgroup");
  tuningOf(one).set(key, { rows: 3, threads: 64 });
  assertEquals(chosenVariant(one, MATRIX, 1), usual, "not in the table");
});
