// Keys and values go to a buffer, from which keep_rows stores them in the cache.
// gives: keep_halves
// needs: HALF, KV_HEADS, PAIRS, Pairs, STRIDE
@group(0) @binding(6) var<storage, read_write> fresh: array<f32>; // [tokens, keys and values, KV_HEADS, STRIDE], f32

fn keep_halves(token: u32, kind: u32, head: u32, i: u32, lower: Pairs, upper: Pairs) {
  let to = ((token * 2u + kind) * KV_HEADS + head) * STRIDE + i;
  for (var p = 0u; p < PAIRS; p++) { // unroll
    fresh[to + p] = lower[p];
    fresh[to + HALF + p] = upper[p];
  }
}
