// Sum over a team, where a team is one subgroup.
fn team_sum(value: f32, thread: u32) -> f32 {
  return subgroupAdd(value);
}
