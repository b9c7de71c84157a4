// y = finish(W · norm(x)) for every row of the batch.
//
// A team of LANES threads computes ROWS × COLS results; its lanes take turns over the columns, eight at a time, and are
// summed at the end. The order of a sum depends on nothing but the matrix, so a token's result is the same to the bit
// whatever its neighbours in the batch. Serves decoding (COLS = 1), batches and prompts.
//
// Linked with: stored_*, weights_*, input_*, norm_*, bias_*, reduce_*, batch, finish_*.
// Lost (lavapipe): vec4 accumulators (four times the registers, 10 % slower); ROWS = 2 (x is loaded more often, 15 %
// slower); ROWS = 16 (4 % faster, three times the compile time); x and weights from buffers (Mesa 22.3 loads those lane
// by lane in a loop: nine times slower than from textures).
const ROWS = 4u;      // matrix rows a team
const COLS = 1u;      // tokens a team
const LANES = 8u;     // threads a team
const THREADS = 64u;  // threads a workgroup
const BLOCKS = 8u;    // columns / 8, rounded up
const ROW_COUNT = 64u; // rows of this part of the matrix
const FIRST_ROW = 0u; // its first row in the whole matrix

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let lane = thread % LANES;
  let row = ((group.y * 65535u + group.x) * (THREADS / LANES) + thread / LANES) * ROWS;
  let token = group.z * COLS;
  var sums: array<f32, ROWS * COLS>;
  var squares: array<f32, COLS>;
  for (var b = lane; b < BLOCKS; b += LANES) {
    let g_lo = norm_weight(2u * b);
    let g_hi = norm_weight(2u * b + 1u);
    var lo: array<vec4f, COLS>;
    var hi: array<vec4f, COLS>;
    for (var c = 0u; c < COLS; c++) { // unroll
      let known = min(token + c, batch.count - 1u);
      let x_lo = input(known, 2u * b);
      let x_hi = input(known, 2u * b + 1u);
      squares[c] += dot(x_lo, x_lo) + dot(x_hi, x_hi);
      lo[c] = x_lo * g_lo;
      hi[c] = x_hi * g_hi;
    }
    for (var r = 0u; r < ROWS; r++) { // unroll
      let w = weight_block(min(row + r, ROW_COUNT - 1u), b);
      for (var c = 0u; c < COLS; c++) { // unroll
        var sum = sums[r * COLS + c];
        sum = fma(w.lo.x, lo[c].x, sum);
        sum = fma(w.lo.y, lo[c].y, sum);
        sum = fma(w.lo.z, lo[c].z, sum);
        sum = fma(w.lo.w, lo[c].w, sum);
        sum = fma(w.hi.x, hi[c].x, sum);
        sum = fma(w.hi.y, hi[c].y, sum);
        sum = fma(w.hi.z, hi[c].z, sum);
        sum = fma(w.hi.w, hi[c].w, sum);
        sums[r * COLS + c] = sum;
      }
    }
  }
  for (var c = 0u; c < COLS; c++) { // unroll
    let scale = norm_scale(team_sum(squares[c], thread));
    var results: array<f32, ROWS>;
    for (var r = 0u; r < ROWS; r++) { // unroll
      results[r] = team_sum(sums[r * COLS + c], thread) * scale;
    }
    if (lane == 0u && row < ROW_COUNT && token + c < batch.count) {
      finish(row, token + c, results);
    }
  }
}
