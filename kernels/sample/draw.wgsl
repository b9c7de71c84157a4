// Samples from the tokens that temperature, top_k (ties kept), top_p and min_p leave, with a counter-based generator.
//
// Nothing is sorted: top_k and top_p are thresholds, found digit by digit (8 bits of an order-preserving key per
// pass) on histograms of counts or of probability mass. Mass is summed as 64-bit integers, independent of thread
// order. As soon as top_k leaves few candidates, they are listed, and later passes read only the list.
// gives: draw
// needs: BROKEN, THREADS, VOCAB, chosen, decode, floats, sampling, score
const LIST = 256u;        // most candidates that are listed

var<workgroup> bins_lo: array<atomic<u32>, 256>;
var<workgroup> bins_hi: array<atomic<u32>, 256>;
var<workgroup> digit: u32;
var<workgroup> rest: vec2u;
var<workgroup> size: u32;  // number of candidates; VOCAB: all tokens
var<workgroup> few: u32;   // 1: few enough to list them
var<workgroup> found: array<u32, LIST>;
var<workgroup> listed: array<u32, LIST>; // the candidates, in id order

// 64-bit integers as (low, high).
fn add64(a: vec2u, b: vec2u) -> vec2u {
  let lo = a.x + b.x;
  return vec2u(lo, a.y + b.y + select(0u, 1u, lo < a.x));
}

fn sub64(a: vec2u, b: vec2u) -> vec2u {
  return vec2u(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x));
}

fn less64(a: vec2u, b: vec2u) -> bool {
  return a.y < b.y || (a.y == b.y && a.x < b.x);
}

fn mul32(a: u32, b: u32) -> vec2u {
  let al = a & 0xffffu;
  let ah = a >> 16u;
  let bl = b & 0xffffu;
  let bh = b >> 16u;
  let low = al * bl;
  let mid = ah * bl + (low >> 16u);
  let mid2 = al * bh + (mid & 0xffffu);
  return vec2u(a * b, ah * bh + (mid >> 16u) + (mid2 >> 16u));
}

// Philox4x32-10 (Salmon et al. 2011); the first of its four words.
fn philox(counter: vec4u, seed: vec2u) -> u32 {
  var c = counter;
  var k = seed;
  for (var round = 0u; round < 10u; round++) {
    let a = mul32(0xD2511F53u, c.x);
    let b = mul32(0xCD9E8D57u, c.z);
    c = vec4u(b.y ^ c.y ^ k.x, b.x, a.y ^ c.w ^ k.y, a.x);
    k += vec2u(0x9E3779B9u, 0xBB67AE85u);
  }
  return c.x;
}

// Larger floats have larger keys.
fn key_of(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn candidate(i: u32, count: u32) -> u32 {
  return select(listed[min(i, LIST - 1u)], i, count == VOCAB);
}

// Lists the tokens whose keys are at least as large, in id order, which draws depend on.
fn list_from(sequence: u32, slot: u32, key: u32, thread: u32) {
  if (thread == 0u) { atomicStore(&bins_lo[0], 0u); }
  workgroupBarrier();
  for (var token = thread; token < VOCAB; token += THREADS) {
    if (key_of(score(sequence, slot, token)) >= key) { found[atomicAdd(&bins_lo[0], 1u)] = token; }
  }
  workgroupBarrier();
  let count = atomicLoad(&bins_lo[0]);
  for (var i = thread; i < count; i += THREADS) {
    var place = 0u;
    for (var j = 0u; j < count; j++) { place += select(0u, 1u, found[j] < found[i]); }
    listed[place] = found[i];
  }
  if (thread == 0u) {
    size = count;
    few = 0u;
  }
  workgroupBarrier();
}

// A token's contribution to a histogram: one, or its share of the mass in units of 2^-31 of the best token's.
fn share(value: f32, top: f32, by_mass: bool) -> u32 {
  return select(1u, u32(exp(value - top) * 2147483648.0), by_mass);
}

// The smallest key to keep: going down from the largest, the first whose running total reaches the target.
fn threshold(sequence: u32, slot: u32, top: f32, floor: u32, by_mass: bool, thread: u32) -> u32 {
  var prefix = 0u;
  for (var pass_index = 0u; pass_index < 4u; pass_index++) {
    let shift = 24u - 8u * pass_index;
    for (var i = thread; i < 256u; i += THREADS) {
      atomicStore(&bins_lo[i], 0u);
      atomicStore(&bins_hi[i], 0u);
    }
    let count = workgroupUniformLoad(&size);
    for (var i = thread; i < count; i += THREADS) {
      let value = score(sequence, slot, candidate(i, count));
      let key = key_of(value);
      let known = select(key >> (shift + 8u), 0u, pass_index == 0u);
      if (key >= floor && known == prefix) {
        let amount = share(value, top, by_mass);
        let bin = (key >> shift) & 255u;
        let before = atomicAdd(&bins_lo[bin], amount);
        if (before + amount < before) { atomicAdd(&bins_hi[bin], 1u); }
      }
    }
    workgroupBarrier();
    if (thread == 0u) {
      if (pass_index == 0u) {
        rest = vec2u(sampling[slot].top_k, 0u);
        if (by_mass) {
          var whole = vec2u();
          for (var i = 0u; i < 256u; i++) {
            whole = add64(whole, vec2u(atomicLoad(&bins_lo[i]), atomicLoad(&bins_hi[i])));
          }
          // whole · top_p, with top_p in units of 2^-32.
          let p = u32(min(sampling[slot].top_p * 4294967296.0, 4294967040.0));
          let low = mul32(whole.x, p);
          rest = add64(vec2u(low.y, 0u), mul32(whole.y, p));
          if (rest.x == 0u && rest.y == 0u) { rest.x = 1u; }
        }
      }
      var bin = 255u;
      for (; bin > 0u; bin--) {
        let amount = vec2u(atomicLoad(&bins_lo[bin]), atomicLoad(&bins_hi[bin]));
        if (!less64(amount, rest)) { break; }
        rest = sub64(rest, amount);
      }
      digit = bin;
      let reached = sampling[slot].top_k - rest.x + atomicLoad(&bins_lo[bin]);
      few = select(0u, 1u, !by_mass && count == VOCAB && reached <= LIST);
    }
    prefix = (prefix << 8u) | workgroupUniformLoad(&digit);
    if (workgroupUniformLoad(&few) == 1u) { list_from(sequence, slot, prefix << shift, thread); }
  }
  return max(prefix, floor);
}

// Sets `chosen` to the drawn token; `top` is the score of the best one, `wish` has bit 1 for top_k, 2 for top_p.
fn draw(sequence: u32, slot: u32, top_token: u32, top: f32, wish: u32, thread: u32) {
  if (thread == 0u) { size = VOCAB; }
  workgroupBarrier();
  var floor = 0u;
  // A loop, because drivers inline every call.
  for (var by_mass = 0u; by_mass < 2u; by_mass++) {
    if (((wish >> (1u + by_mass)) & 1u) == 1u) {
      floor = threshold(sequence, slot, top, floor, by_mass == 1u, thread);
    }
  }

  // The draw: every thread sums a run of adjacent candidates, then the run that contains the draw is scanned.
  let count = workgroupUniformLoad(&size);
  let run = (count + THREADS - 1u) / THREADS;
  let first = thread * run;
  let last = min(first + run, count);
  var mass = 0.0;
  for (var i = first; i < last; i++) {
    let value = score(sequence, slot, candidate(i, count));
    let weight = exp(value - top);
    if (key_of(value) >= floor && weight >= sampling[slot].min_p) { mass += weight; }
  }
  workgroupBarrier();
  floats[thread] = mass;
  workgroupBarrier();
  if (thread == 0u) {
    var total = 0.0;
    for (var i = 0u; i < THREADS; i++) { total += floats[i]; }
    let draw = philox(
      vec4u(decode.rows[slot].z, sampling[slot].sequence, 0u, 0u),
      vec2u(sampling[slot].seed_lo, sampling[slot].seed_hi),
    );
    var left = f32(draw >> 8u) * 5.9604644775390625e-8 * total; // 24 bits, below one
    var i = 0u;
    var fallback = top_token;
    chosen = BROKEN;
    for (; i < THREADS - 1u; i++) {
      if (left < floats[i]) { break; }
      left -= floats[i];
    }
    for (var place = i * run; place < min((i + 1u) * run, count); place++) {
      let token = candidate(place, count);
      let value = score(sequence, slot, token);
      let weight = exp(value - top);
      // Rounding may leave a remainder at the end, which a token without weight must not receive.
      if (key_of(value) >= floor && weight >= sampling[slot].min_p && weight > 0.0) {
        fallback = token;
        if (left < weight) { break; }
        left -= weight;
      }
    }
    chosen = fallback;
  }
}
