// Iterates over the columns of a matrix in 4 bits: lanes take units of 32 columns round-robin; their partial
// sums are reduced over the team at the end.
// gives: walk
// needs: CODE_UNITS, COLS, GROUP_UNITS, Inputs, LANES, Squares, Sums, add_group, add_products, column_gain,
//   known_tokens, load_units, place, sum4, unit_input, words_of
fn walk(thread: u32, row: u32, token: u32, sums: ptr<function, Sums>, squares: ptr<function, Squares>) {
  let known = known_tokens(token);
  for (var u = thread % LANES; u < CODE_UNITS; u += LANES) {
    var units = load_units(row, u);
    // Assigned explicitly: naga does not zero variables declared in a loop.
    var parts = Sums();
    var totals = Squares();
    for (var k = 0u; k < 8u; k++) { // unroll
      let gain = column_gain(8u * u + k);
      var xs: Inputs;
      for (var c = 0u; c < COLS; c++) { // unroll
        let x = unit_input(known[c], 8u * u + k);
        (*squares)[c] += dot(x, x);
        xs[c] = x * gain;
        totals[c] += sum4(xs[c]);
        xs[c] *= place(k);
      }
      add_products(&units, k, &xs, &parts);
    }
    let group = u / GROUP_UNITS;
    add_group(words_of(load_units(row, CODE_UNITS + group / 4u), group), parts, totals, sums);
  }
}
