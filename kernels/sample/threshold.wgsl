// Nothing is sorted: top_k and top_p are thresholds, found digit by digit (8 bits of an order-preserving key per
// pass) on histograms of counts or of probability mass. Mass is summed as 64-bit integers, independent of thread
// order.
// gives: Candidates, threshold
// needs: AHEAD, THREADS, add64, key_of, less64, mul32, sub64, value_at
const EACH = 256u / THREADS; // bins per thread

var<workgroup> bins_lo: array<atomic<u32>, 256>;
var<workgroup> bins_hi: array<atomic<u32>, 256>;
var<workgroup> sums: array<vec2u, THREADS>;
var<workgroup> digit: vec3u; // the digit found, and what remains of the goal in its bin

// A token's share of the mass, in units of 2^-31 of the best token's.
fn share_of(value: f32, top: f32) -> u32 {
  return u32(exp(value - top) * 2147483648.0);
}

// The mass to reach: top_p, in units of 2^-32, of the whole.
fn goal_of(whole: vec2u, top_p: f32) -> vec2u {
  let p = u32(min(top_p * 4294967296.0, 4294967040.0));
  let goal = add64(vec2u(mul32(whole.x, p).y, 0u), mul32(whole.y, p));
  return vec2u(select(goal.x, 1u, goal.x == 0u && goal.y == 0u), goal.y);
}

fn bin_at(bin: u32) -> vec2u {
  return vec2u(atomicLoad(&bins_lo[bin]), atomicLoad(&bins_hi[bin]));
}

// The candidates of a threshold: `count` of a source, those whose keys are at least the floor.
struct Candidates {
  source: u32,
  count: u32,
  floor: u32,
}

// The smallest key to keep: going down from the largest, the first whose running total reaches the goal: `top_k`
// candidates, or if that is 0, the share top_p of the mass of `whole`. The result is 0 if all together do not.
fn threshold(
  sequence: u32, kept: Candidates, whole: Candidates, top_k: u32, top_p: f32, top: f32, thread: u32,
) -> u32 {
  var prefix = 0u;
  var rest = vec2u(top_k, 0u);
  // The first pass sums the whole.
  for (var pass_index = select(1u, 0u, top_k == 0u); pass_index < 5u; pass_index++) {
    let digits = pass_index > 0u;
    let shift = 32u - 8u * pass_index;
    for (var i = thread; i < 256u; i += THREADS) {
      atomicStore(&bins_lo[i], 0u);
      atomicStore(&bins_hi[i], 0u);
    }
    workgroupBarrier();
    let source = select(whole.source, kept.source, digits);
    let count = select(whole.count, kept.count, digits);
    for (var first = thread; first < count; first += AHEAD * THREADS) {
      var values: array<f32, AHEAD>;
      for (var k = 0u; k < AHEAD; k++) { // unroll
        values[k] = value_at(sequence, source, min(first + k * THREADS, count - 1u));
      }
      for (var k = 0u; k < AHEAD; k++) { // unroll
        let key = key_of(values[k]);
        let known = select(0u, key >> (shift + 8u), pass_index > 1u);
        if (first + k * THREADS < count && key >= kept.floor && known == prefix) {
          // Neighbours in the whole share no bin.
          let bin = select(first + k * THREADS, key >> (shift & 31u), digits) & 255u;
          let amount = select(share_of(values[k], top), 1u, top_k > 0u);
          let before = atomicAdd(&bins_lo[bin], amount);
          if (before + amount < before) { atomicAdd(&bins_hi[bin], 1u); }
        }
      }
    }
    workgroupBarrier();
    // Threads take the bins from the largest down, and add what those before them have.
    var own = vec2u();
    for (var i = 0u; i < EACH; i++) { own = add64(own, bin_at(255u - thread * EACH - i)); }
    var sum = own;
    sums[thread] = sum;
    for (var distance = 1u; distance < THREADS; distance *= 2u) {
      workgroupBarrier();
      let other = sums[max(thread, distance) - distance];
      workgroupBarrier();
      if (thread >= distance) { sum = add64(sum, other); }
      sums[thread] = sum;
    }
    let total = workgroupUniformLoad(&sums[THREADS - 1u]);
    if (!digits) {
      rest = goal_of(total, top_p);
      continue;
    }
    if (less64(total, rest)) { return 0u; }
    let before = sub64(sum, own);
    if (less64(before, rest) && !less64(sum, rest)) {
      var left = sub64(rest, before);
      var bin = 255u - thread * EACH;
      for (; bin > 0u; bin--) {
        let amount = bin_at(bin);
        if (!less64(amount, left)) { break; }
        left = sub64(left, amount);
      }
      digit = vec3u(bin, left);
    }
    let step = workgroupUniformLoad(&digit);
    prefix = (prefix << 8u) | step.x;
    rest = step.yz;
  }
  return max(prefix, kept.floor);
}
