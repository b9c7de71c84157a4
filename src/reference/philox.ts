const MULTIPLIER_0 = 0xD2511F53;
const MULTIPLIER_1 = 0xCD9E8D57;
const WEYL_0 = 0x9E3779B9;
const WEYL_1 = 0xBB67AE85;

/** Four unsigned 32-bit words. */
export type Words = readonly [number, number, number, number];

/**
 * Philox4x32-10: ten rounds that turn a counter and a key into four random words. Equal arguments give equal
 * words on every device, so no state is kept. Source: Salmon et al., "Parallel random numbers: as easy as 1,
 * 2, 3" (2011).
 */
export function philox4x32(counter: Words, key: readonly [number, number]): Words {
  let [x0, x1, x2, x3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiplyWide(MULTIPLIER_0, x0);
    const [high1, low1] = multiplyWide(MULTIPLIER_1, x2);
    [x0, x1, x2, x3] = [(high1 ^ x1 ^ k0) >>> 0, low1, (high0 ^ x3 ^ k1) >>> 0, low0];
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [x0, x1, x2, x3];
}

/** Random words of one step of one sequence: key = seed (low, high), counter = (position, sequence, 0, 0). */
export function philoxAt(seed: bigint, position: number, sequence: number): Words {
  return philox4x32([position, sequence, 0, 0], [Number(seed & 0xffffffffn), Number(seed >> 32n)]);
}

/** A word as a number in [0, 1) with 24 bits, which float32 represents exactly. */
export function toUniform(word: number): number {
  return (word >>> 8) / 2 ** 24;
}

/** High and low word of the 64-bit product. */
function multiplyWide(a: number, b: number): [number, number] {
  const product = BigInt(a) * BigInt(b);
  return [Number(product >> 32n), Number(product & 0xffffffffn)];
}
