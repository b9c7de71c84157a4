// Each of the first lanes of a team finishes one of its tokens. On GPUs: there, a loop over the tokens would index sums
// by a variable, and move them from registers to memory.
// gives: finish_tokens
// needs: COLS, ROWS, ROW_COUNT, Sums, batch, finish
fn finish_tokens(row: u32, token: u32, lane: u32, totals: ptr<function, Sums>) {
  var results: array<f32, ROWS>;
  for (var r = 0u; r < ROWS; r++) { // unroll
    for (var c = 0u; c < COLS; c++) { // unroll
      results[r] = select(results[r], (*totals)[r * COLS + c], lane == c);
    }
  }
  if (lane < COLS && token + lane < batch.count && row < ROW_COUNT) {
    finish(row, token + lane, results);
  }
}
