// A team of one thread has nothing to sum.
fn team_sums(values: ptr<function, TokenSums>, thread: u32) {}
