/** Four unsigned 32-bit words. */
export type Words = readonly [number, number, number, number];

/**
 * Philox4x32-10 on the host, identical to the sampling kernel: four random words from a counter and a 64-bit
 * seed. Equal arguments give equal words on every device, so no state is kept. Source: Salmon et al.,
 * "Parallel random numbers: as easy as 1, 2, 3" (2011).
 */
export function philox(counter: Words, seed: bigint): Words {
  let [a, b, c, d] = counter;
  let low = Number(seed & 0xffffffffn);
  let high = Number(seed >> 32n);
  for (let round = 0; round < 10; round++) {
    const [first, second] = [wide(0xD2511F53, a), wide(0xCD9E8D57, c)];
    [a, b, c, d] = [
      (second.high ^ b ^ low) >>> 0,
      second.low,
      (first.high ^ d ^ high) >>> 0,
      first.low,
    ];
    low = (low + 0x9E3779B9) >>> 0;
    high = (high + 0xBB67AE85) >>> 0;
  }
  return [a, b, c, d];
}

/** The 64-bit product of two words, in halves that doubles represent exactly. */
function wide(x: number, y: number): { high: number; low: number } {
  const low = (x & 0xffff) * y;
  const middle = (x >>> 16) * y + Math.floor(low / 0x10000);
  return { high: Math.floor(middle / 0x10000), low: Math.imul(x, y) >>> 0 };
}
