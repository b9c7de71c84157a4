/** What the tests of linear maps share, whatever the weights are. */
import { Gpu } from "../../src/gpu/gpu.ts";
import type { Columns } from "../../src/ops/tuning.ts";
import { assertSameBits, assertWithin } from "./ops.ts";

/** What a linear map must give, and how far float32 may be from it. */
interface Wanted {
  readonly y: Float64Array;
  readonly bound: (index: number) => number;
}

/**
 * Runs each case with each of its COLS: the first run must give the twin's numbers, the others its bits.
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

/** A device without subgroups that is taken for a GPU. */
export function plainGpu(): Promise<Gpu> {
  return hardwareGpu({ subgroups: false });
}

/** A device that is taken for a GPU: it keeps matrices in buffers and computes prompts in tiles. */
export async function hardwareGpu(options: { subgroups?: boolean } = {}): Promise<Gpu> {
  const gpu = await Gpu.open(0, options);
  Object.defineProperty(gpu, "traits", { value: { ...gpu.traits, software: false } });
  return gpu;
}

/** Does something while a binding may have that many bytes only, which splits matrices. */
export function withBinding<T>(gpu: Gpu, bytes: number | undefined, make: () => T): T {
  if (bytes === undefined) return make();
  Object.defineProperty(gpu, "maxBindingBytes", { value: bytes, configurable: true });
  try {
    return make();
  } finally {
    Reflect.deleteProperty(gpu, "maxBindingBytes");
  }
}
