// The gated half of the MLP: y[i] = activation(gate x)[i] · (up x)[i]. The rows of gate and up are stored in turns.
const Y_STRIDE = 64u; // floats from one token to the next

@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [tokens, Y_STRIDE], f32

fn finish(row: u32, token: u32, sums: array<f32, ROWS>) {
  for (var pair = 0u; pair < ROWS / 2u; pair++) { // unroll
    let r = 2u * pair;
    if (row + r < ROW_COUNT) {
      let at = FIRST_ROW + row + r;
      let gate = sums[2u * pair] + bias_of(at);
      let up = sums[2u * pair + 1u] + bias_of(at + 1u);
      y[token * Y_STRIDE + at / 2u] = activation(gate) * up;
    }
  }
}
