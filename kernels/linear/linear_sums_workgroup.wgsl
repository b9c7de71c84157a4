// Sums over a team of LANES adjacent threads through workgroup memory, for devices without fixed-size subgroups. All
// sums of a token are reduced together: a barrier costs as much for one as for all.
// The upper half of the lanes stores its values, the lower half adds them to its own, and so on: a lane that stores
// again uses the place that only it has read. Every thread of the workgroup must call it (uniform control flow).
// gives: team_sums
// needs: LANES, ROWS, THREADS, TokenSums
const HALF_TEAM = LANES / 2u;
const HALF_TEAMS = THREADS / 2u;

var<workgroup> team_scratch: array<array<f32, HALF_TEAMS>, ROWS + 1u>;

fn team_sums(values: ptr<function, TokenSums>, thread: u32) {
  let lane = thread % LANES;
  let first = thread / LANES * HALF_TEAM;
  workgroupBarrier();
  for (var half = HALF_TEAM; half > 0u; half /= 2u) {
    if (lane >= half && lane < 2u * half) {
      for (var i = 0u; i < ROWS + 1u; i++) { // unroll
        team_scratch[i][first + lane % HALF_TEAM] = (*values)[i];
      }
    }
    workgroupBarrier();
    if (lane < half) {
      for (var i = 0u; i < ROWS + 1u; i++) { // unroll
        (*values)[i] += team_scratch[i][first + (lane + half) % HALF_TEAM];
      }
    }
  }
  if (lane == 0u) {
    for (var i = 0u; i < ROWS + 1u; i++) { // unroll
      team_scratch[i][first] = (*values)[i];
    }
  }
  workgroupBarrier();
  for (var i = 0u; i < ROWS + 1u; i++) { // unroll
    (*values)[i] = team_scratch[i][first];
  }
}
