import { assertEquals } from "@std/assert";

/** Where the golden files lie; testdata/golden/README.md says what is in them. */
export const GOLDEN: URL = new URL("../../testdata/golden/", import.meta.url);

/** A float tensor of a golden file: shape, and base64 of little-endian float32. */
export interface Tensor {
  shape: number[];
  data: string;
}

/** The numbers of a golden tensor, row-major. */
export function unpack(tensor: Tensor): Float64Array {
  const bytes = Uint8Array.from(atob(tensor.data), (c) => c.charCodeAt(0));
  return Float64Array.from(new Float32Array(bytes.buffer));
}

/** torch's float32 against float64: within 2e-5 of the largest value. */
export function assertNear(got: Float64Array, tensor: Tensor, what: string) {
  const want = unpack(tensor);
  assertEquals(got.length, want.length, `${what}: length`);
  const largest = want.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  let worst = 0;
  want.forEach((value, i) =>
    worst = Math.max(worst, Math.abs(got[i] - value) || (value === got[i] ? 0 : Infinity))
  );
  assertEquals(worst <= 2e-5 * largest, true, `${what}: off by ${worst}, largest ${largest}`);
}
