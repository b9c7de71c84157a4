/** Shared helpers of the tests of linear maps, for all weight types. */
import { Gpu } from "../../src/gpu/gpu.ts";
import type { Columns } from "../../src/ops/tuning.ts";
import { assertSameBits, assertWithin } from "./ops.ts";

/** Expected result of a linear map, and the allowed float32 error. */
interface Wanted {
  readonly y: Float64Array;
  readonly bound: (index: number) => number;
}

/**
 * Runs each case with each of its COLS: the first run must match the twin's numbers, the others the first
 * run's bits.
 * @param expected the twin
 * @param run the kernel
 */
export async function checkColumns<Case extends { columns: readonly Columns[] }, Want extends Wanted>(
  gpu: Gpu,
  cases: readonly Case[],
  expected: (one: Case) => Want,
  run: (gpu: Gpu, one: Case, columns: Columns, want: Want, what: string) => Promise<Float32Array>,
): Promise<void> {
  for (const one of cases) {
    const want = expected(one);
    let first: Float32Array | undefined;
    for (const columns of one.columns) {
      const what = `linear ${JSON.stringify({ ...one, columns, lanes: gpu.traits.subgroupSize })}`;
      const got = await run(gpu, one, columns, want, what);
      if (!first) assertWithin(first = got, want.y, want.bound, what);
      else assertSameBits(got, first, what);
    }
  }
}

/** A device without subgroups that is treated as a GPU. */
export function plainGpu(): Promise<Gpu> {
  return hardwareGpu({ subgroups: false });
}

/** A device that is treated as a GPU: it stores matrices in buffers and computes prompts in tiles. */
export async function hardwareGpu(options: { subgroups?: boolean } = {}): Promise<Gpu> {
  const gpu = await Gpu.open(0, options);
  Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: false } });
  return gpu;
}

/** Runs `make` with bindings limited to that many bytes, which splits matrices. */
export function withBinding<T>(gpu: Gpu, bytes: number | undefined, make: () => T): T {
  if (bytes === undefined) return make();
  Object.defineProperty(gpu, "maxBindingBytes", { value: bytes, configurable: true });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(gpu, "maxBindingBytes");
  }
}
