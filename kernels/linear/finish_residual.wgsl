// Adds a linear map's result to the residual stream: y += W x + b.
// gives: finish
// needs: FIRST_ROW, ROWS, ROW_COUNT, bias_of, mirror
const Y_STRIDE = 64u; // floats per token

@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [tokens, Y_STRIDE], f32

fn finish(row: u32, token: u32, sums: array<f32, ROWS>) {
  var results: array<f32, ROWS>; // zero for missing rows, as the padding must be
  for (var r = 0u; r < ROWS; r++) { // unroll
    if (row + r < ROW_COUNT) {
      let at = FIRST_ROW + row + r;
      results[r] = y[token * Y_STRIDE + at] + sums[r] + bias_of(at);
      y[token * Y_STRIDE + at] = results[r];
    }
  }
  for (var v = 0u; v < ROWS / 4u; v++) { // unroll
    let value = vec4f(results[4u * v], results[4u * v + 1u], results[4u * v + 2u], results[4u * v + 3u]);
    mirror(token, (FIRST_ROW + row) / 4u + v, value);
  }
}
