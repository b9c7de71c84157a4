/** Random 32-bit words from a fixed seed: the bits of `noise` are random, the others those of `base`. */
export function randomBytes(count: number, base: number, noise: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(count / 4));
  let state = 1;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = (base & ~noise) | ((state ^ state >>> 13) & noise);
  }
  return new Uint8Array(words.buffer, 0, count);
}
