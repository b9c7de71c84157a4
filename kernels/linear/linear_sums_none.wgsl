// A team of one thread has nothing to sum.
// gives: team_sums
// needs: TokenSums
fn team_sums(values: ptr<function, TokenSums>, thread: u32) {}
