// Writes attention's result, one vec4 of a head at a time.
// gives: HEADS, VECS, give
// needs: mirror
const HEADS = 4u;
const WIDTH = 16u;      // head_dim
const VECS = 8u;        // vec4s per head: head_dim / 4, rounded up
const OUT_STRIDE = 64u; // floats per token in out

@group(0) @binding(5) var<storage, read_write> out: array<f32>; // [tokens, OUT_STRIDE], f32

fn give(token: u32, head: u32, v: u32, value: vec4f) {
  for (var d = 0u; d < 4u; d++) { // unroll
    if (v * 4u + d < WIDTH) { out[token * OUT_STRIDE + head * WIDTH + v * 4u + d] = value[d]; }
  }
  mirror(token, head * VECS + v, value);
}
