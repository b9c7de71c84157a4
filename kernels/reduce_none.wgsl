// A team of one thread has nothing to sum.
fn team_sum(value: f32, thread: u32) -> f32 {
  return value;
}
