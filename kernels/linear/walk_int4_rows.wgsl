// Iterates over the columns of a matrix in 4 bits for software drivers with subgroups of 8: each lane has its own
// rows (LANES = 1) and fetches only weights; eight lanes fetch the inputs of a unit together, a vec4 each, and
// broadcast them. A third faster than walk_int4_lanes on lavapipe; on a GPU adjacent lanes should read adjacent data.
// gives: walk
// needs: CODE_UNITS, COLS, GROUP_UNITS, Inputs, Squares, Sums, add_group, add_products, column_gain,
//   known_tokens, load_units, place, sum4, unit_input, words_of
fn walk(thread: u32, row: u32, token: u32, sums: ptr<function, Sums>, squares: ptr<function, Squares>) {
  let known = known_tokens(token);
  let lane = thread % 8u;
  let own_place = place(lane);
  for (var group = 0u; group * GROUP_UNITS < CODE_UNITS;) {
    let terms = load_units(row, CODE_UNITS + group / 4u);
    let end = group + 4u;
    for (; group < end && group * GROUP_UNITS < CODE_UNITS; group++) {
      // Assigned explicitly: naga does not zero variables declared in a loop.
      var parts = Sums();
      var totals = Squares();
      for (var u = group * GROUP_UNITS; u < (group + 1u) * GROUP_UNITS; u++) {
        var units = load_units(row, u);
        let gain = column_gain(8u * u + lane);
        var own: Inputs;
        for (var c = 0u; c < COLS; c++) { // unroll
          let x = unit_input(known[c], 8u * u + lane);
          (*squares)[c] += dot(x, x);
          own[c] = x * gain;
          totals[c] += sum4(own[c]);
          own[c] *= own_place;
        }
        for (var k = 0u; k < 8u; k++) { // unroll
          var xs: Inputs;
          for (var c = 0u; c < COLS; c++) { // unroll
            xs[c] = subgroupBroadcast(own[c], k);
          }
          add_products(&units, k, &xs, &parts);
        }
      }
      for (var c = 0u; c < COLS; c++) { // unroll
        totals[c] = subgroupAdd(totals[c]);
      }
      add_group(words_of(terms, group), parts, totals, sums);
    }
  }
  for (var c = 0u; c < COLS; c++) { // unroll
    (*squares)[c] = subgroupAdd((*squares)[c]);
  }
}
