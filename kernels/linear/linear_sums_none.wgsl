// A team of one thread needs no reduction.
// gives: team_sums
// needs: TokenSums
fn team_sums(values: ptr<function, TokenSums>, thread: u32) {}
