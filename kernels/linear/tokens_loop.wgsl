// The first lane of a team finishes its tokens one after another.
// gives: finish_tokens
// needs: COLS, ROWS, ROW_COUNT, Sums, batch, finish
fn finish_tokens(row: u32, token: u32, lane: u32, totals: ptr<function, Sums>) {
  // Not to be unrolled, nor by drivers: finishing runs once, and is most of the code to compile.
  let left = batch.count - token;
  let count = COLS + left - max(COLS, left); // the smaller one, phrased to imply no bound
  for (var c = 0u; c < count; c++) {
    var results: array<f32, ROWS>;
    for (var r = 0u; r < ROWS; r++) { // unroll
      results[r] = (*totals)[r * COLS + c];
    }
    if (lane == 0u && row < ROW_COUNT) {
      finish(row, token + c, results);
    }
  }
}
