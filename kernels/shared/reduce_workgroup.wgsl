// Sum over a team of LANES adjacent threads through workgroup memory: for devices without fixed-size subgroups. Every
// thread of the workgroup must call it (uniform control flow).
// gives: team_sum
// needs: LANES, THREADS
var<workgroup> team_scratch: array<f32, THREADS>;

fn team_sum(value: f32, thread: u32) -> f32 {
  workgroupBarrier();
  team_scratch[thread] = value;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread % LANES < half) { team_scratch[thread] += team_scratch[thread + half]; }
  }
  workgroupBarrier();
  return team_scratch[thread - thread % LANES];
}
