/** Shared helpers of the kernel tests besides trials: comparison within bounds, and bit by bit. */
import { assert, assertEquals } from "@std/assert";

export { EPS, KernelTest, numbers, padRows, stored, trimRows, untouched } from "../../src/trial/trial.ts";

/** Fails at the first number whose error exceeds its bound; NaN always fails. */
export function assertWithin(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  bound: number | ((index: number) => number),
  what: string,
): void {
  assertEquals(got.length, want.length, `${what}: length`);
  for (let i = 0; i < want.length; i++) {
    const limit = typeof bound === "number" ? bound : bound(i);
    // Not `> limit`: a NaN must fail.
    if (!(Math.abs(got[i] - want[i]) <= limit)) {
      assert(false, `${what}: [${i}] is ${got[i]}, expected ${want[i]} ± ${limit}`);
    }
  }
}

/** Fails if two results differ in a bit. */
export function assertSameBits(got: Float32Array, want: Float32Array, what: string): void {
  const bits = (x: Float32Array) => new Uint32Array(x.slice().buffer);
  const [a, b] = [bits(got), bits(want)];
  const at = a.findIndex((word, i) => word !== b[i]);
  assertEquals(at, -1, `${what}: [${at}] is ${got[at]}, expected the same bits as ${want[at]}`);
}
