// y = g ∘ x / sqrt(mean(x²) + eps): the final norm if its result is requested. One workgroup per token.
// gives: main, LANES, THREADS, norm
// needs: batch, team_sum
const THREADS = 64u;
const LANES = 64u;
const WIDTH = 64u;   // features
const STRIDE = 64u;  // floats per token
const EPS = 0.000001;

@group(0) @binding(1) var<storage, read> x: array<f32>; // [tokens, STRIDE], f32
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [tokens, STRIDE], f32
@group(0) @binding(4) var<storage, read> norm: array<f32>; // [STRIDE], f32

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  var squares = 0.0;
  for (var i = thread; i < WIDTH; i += THREADS) {
    let value = x[group.x * STRIDE + i];
    squares = fma(value, value, squares);
  }
  let scale = inverseSqrt(team_sum(squares, thread) / f32(WIDTH) + EPS);
  if (group.x >= batch.count) { return; }
  for (var i = thread; i < WIDTH; i += THREADS) {
    y[group.x * STRIDE + i] = norm[i] * (x[group.x * STRIDE + i] * scale);
  }
}
