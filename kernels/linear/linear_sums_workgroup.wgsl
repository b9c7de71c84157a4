// Sums over a team of LANES adjacent threads through workgroup memory: for devices without fixed-size subgroups. All
// sums of a token are reduced together: a barrier costs as much for one as for all. Every thread of the workgroup
// must call it (uniform control flow).
// gives: team_sums
// needs: LANES, ROWS, THREADS, TokenSums
var<workgroup> team_scratch: array<f32, (ROWS + 1u) * THREADS>;

fn team_sums(values: ptr<function, TokenSums>, thread: u32) {
  workgroupBarrier();
  for (var i = 0u; i < ROWS + 1u; i++) { // unroll
    team_scratch[i * THREADS + thread] = (*values)[i];
  }
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread % LANES < half) {
      for (var i = 0u; i < ROWS + 1u; i++) { // unroll
        team_scratch[i * THREADS + thread] += team_scratch[i * THREADS + thread + half];
      }
    }
  }
  workgroupBarrier();
  for (var i = 0u; i < ROWS + 1u; i++) { // unroll
    (*values)[i] = team_scratch[i * THREADS + thread - thread % LANES];
  }
}
