// The gated half of the MLP: y[i] = activation(gate x)[i] · (up x)[i]. Rows of gate and up alternate.
// gives: finish
// needs: FIRST_ROW, ROWS, ROW_COUNT, activation, bias_of, mirror
const Y_STRIDE = 64u; // floats per token

@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [tokens, Y_STRIDE], f32

fn finish(row: u32, token: u32, sums: array<f32, ROWS>) {
  var results: array<f32, ROWS / 2u>; // zero for missing rows, as the padding must be
  for (var pair = 0u; pair < ROWS / 2u; pair++) { // unroll
    let r = 2u * pair;
    if (row + r < ROW_COUNT) {
      let at = FIRST_ROW + row + r;
      let gate = sums[2u * pair] + bias_of(at);
      let up = sums[2u * pair + 1u] + bias_of(at + 1u);
      results[pair] = activation(gate) * up;
      y[token * Y_STRIDE + at / 2u] = results[pair];
    }
  }
  for (var v = 0u; v < ROWS / 8u; v++) { // unroll
    let value = vec4f(results[4u * v], results[4u * v + 1u], results[4u * v + 2u], results[4u * v + 3u]);
    mirror(token, (FIRST_ROW + row) / 8u + v, value);
  }
}
