// Stores a linear map's result: y = W x + b.
// gives: finish
// needs: FIRST_ROW, ROWS, ROW_COUNT, bias_of
const Y_STRIDE = 64u; // floats per token

@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [tokens, Y_STRIDE], f32

fn finish(row: u32, token: u32, sums: array<f32, ROWS>) {
  for (var r = 0u; r < ROWS; r++) { // unroll
    if (row + r < ROW_COUNT) {
      let at = FIRST_ROW + row + r;
      y[token * Y_STRIDE + at] = sums[r] + bias_of(at);
    }
  }
}
