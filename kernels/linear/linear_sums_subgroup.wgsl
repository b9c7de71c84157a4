// Sums over a team that is one subgroup.
// gives: team_sums
// needs: ROWS, TokenSums
fn team_sums(values: ptr<function, TokenSums>, thread: u32) {
  for (var i = 0u; i < ROWS + 1u; i++) { // unroll
    (*values)[i] = subgroupAdd((*values)[i]);
  }
}
