// Samples from the tokens that temperature, top_k (ties kept), top_p and min_p leave, with a counter-based generator.
//
// A shortlist comes first: the tokens that reach the best peaks. top_k, top_p and min_p then work on the list. If it is
// too long or too short for them, they work on all scores, which is slower and gives the same token. Only the mass of
// all tokens, which top_p needs if top_k does not limit it, always takes a pass over the scores.
// gives: draw
// needs: AHEAD, ALL, BITMAP, Candidates, LIST, LISTED, PEAKS, Peak, THREADS, VOCAB, candidate, chosen, decode, found,
//   key_of, list_from, listed, philox, sampling, threshold, value_at
const FEW = 256u;        // most candidates of top_k that runs divide, instead of the vocabulary
const SHORT = LIST / 4u; // peaks that a shortlist reaches if top_k does not say
const WALK = 256u;       // weights that are computed together for one thread to walk over

// Bits: 1 a shortlist, 2 top_k, 4 top_p; then the peaks of the shortlist, or top_k; then the bits of top_p.
var<workgroup> wishes: vec3u;
var<workgroup> floats: array<f32, WALK>; // sums of runs, then weights
var<workgroup> drawn: u32;  // the run that contains the draw
var<workgroup> walk: vec2u; // its candidates

// True if every token without this key has a weight below min_p, rounding included.
fn covers(key: u32, top: f32, min_p: f32) -> bool {
  let score = bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
  return exp(score - top) < 0.99 * min_p;
}

// Number of listed tokens below one.
fn place_of(token: u32, count: u32) -> u32 {
  var low = 0u;
  for (var high = count; low < high;) {
    let middle = (low + high) / 2u;
    if (listed[middle] < token) { low = middle + 1u; } else { high = middle; }
  }
  return low;
}

// A candidate's share of a draw, in units of the best token's; 0 for one that the options remove.
fn weight_of(value: f32, top: f32, floor: u32, min_p: f32) -> f32 {
  let weight = exp(value - top);
  return select(0.0, weight, key_of(value) >= floor && weight >= min_p);
}

// Sets `chosen` to the drawn token; before, it is the best one.
fn draw(sequence: u32, slot: u32, top: Peak, thread: u32) {
  if (thread == 0u) {
    let options = sampling[slot];
    let top_k = options.top_k > 0u && options.top_k < VOCAB;
    let top_p = options.top_p < 1.0;
    let most = select(SHORT, options.top_k, top_k);
    let shortlist = (top_k || top_p || options.min_p > 0.0) && most <= min(BITMAP, LIST);
    let bits = select(0u, 1u, shortlist) | select(0u, 2u, top_k) | select(0u, 4u, top_p);
    wishes = vec3u(bits, most, bitcast<u32>(options.top_p));
  }
  let wish = workgroupUniformLoad(&wishes);
  let all = Candidates(ALL, VOCAB, 0u);
  var kept = all;
  var bound = 0u;
  var by_place = true; // runs divide the candidates, not the vocabulary

  // One loop for the shortlist, top_k and top_p, because drivers inline every call.
  for (var phase = 0u; phase < 3u; phase++) {
    if (((wish.x >> phase) & 1u) == 0u) { continue; }
    var among = kept;
    if (phase == 0u) { among = Candidates(PEAKS, BITMAP, 0u); }
    // Without top_k the mass is that of all tokens, listed or not.
    var whole = kept;
    if ((wish.x & 2u) == 0u) { whole = all; }
    let goal = select(wish.y, 0u, phase == 2u);
    let key = threshold(sequence, among, whole, goal, bitcast<f32>(wish.z), top.score, thread);
    if (phase == 2u) {
      if (key == 0u) {
        // The list is too short: once more, over all tokens.
        kept = all;
        by_place = true;
        phase--;
      } else { kept.floor = key; }
      continue;
    }
    // The tokens that reach the peaks, or those that top_k leaves. Few are drawn among themselves and the others that
    // share as many leading digits of the threshold as leave them few.
    var shift = select(24u, 0u, phase == 0u);
    for (;;) {
      bound = (key >> shift) << shift;
      let most = select(FEW, LIST, shift == 0u);
      let count = list_from(sequence, bound, most, thread);
      kept = all;
      by_place = true;
      if (count <= most) {
        kept = Candidates(LISTED, count, 0u);
        by_place = phase == 1u && count <= FEW;
      }
      if (shift == 0u || count <= most) { break; }
      shift -= 8u;
    }
    if (phase == 1u) { kept.floor = key; }
  }
  let min_p = sampling[slot].min_p;
  if (wish.x == 1u && !covers(bound, top.score, min_p)) {
    kept = all;
    by_place = true;
  }

  // The draw: every thread sums a run of adjacent candidates, then the run that contains the draw is scanned.
  let size = select(VOCAB, kept.count, by_place);
  let run = (size + THREADS - 1u) / THREADS;
  var begin = min(thread * run, size);
  if (!by_place) { begin = place_of(begin, kept.count); }
  found[thread] = begin;
  workgroupBarrier();
  let end = select(found[min(thread + 1u, THREADS - 1u)], kept.count, thread == THREADS - 1u);
  var mass = 0.0;
  for (var first = begin; first < end; first += AHEAD) {
    var values: array<f32, AHEAD>;
    for (var k = 0u; k < AHEAD; k++) { // unroll
      values[k] = value_at(sequence, kept.source, min(first + k, end - 1u));
    }
    for (var k = 0u; k < AHEAD; k++) { // unroll
      let weight = weight_of(values[k], top.score, kept.floor, min_p);
      mass += select(0.0, weight, first + k < end);
    }
  }
  workgroupBarrier();
  floats[thread] = mass;
  workgroupBarrier();
  var left = 0.0;
  if (thread == 0u) {
    var total = 0.0;
    // Later runs are empty.
    for (var first = 0u; first * run < size; first += AHEAD) {
      for (var k = 0u; k < AHEAD; k++) { // unroll
        total += floats[first + k];
      }
    }
    let options = sampling[slot];
    let draw = philox(
      vec4u(decode.rows[slot].z, options.sequence, 0u, 0u),
      vec2u(options.seed_lo, options.seed_hi),
    );
    left = f32(draw >> 8u) * 5.9604644775390625e-8 * total; // 24 bits, below one
    var i = 0u;
    for (; i < THREADS - 1u; i++) {
      if (left < floats[i]) { break; }
      left -= floats[i];
    }
    drawn = i;
  }
  let holder = workgroupUniformLoad(&drawn);
  if (thread == holder) { walk = vec2u(begin, end); }
  let place = workgroupUniformLoad(&walk);
  var open = true;
  for (var first = place.x; first < place.y; first += WALK) {
    for (var i = thread; i < WALK; i += THREADS) {
      let value = value_at(sequence, kept.source, min(first + i, place.y - 1u));
      floats[i] = select(0.0, weight_of(value, top.score, kept.floor, min_p), first + i < place.y);
    }
    workgroupBarrier();
    for (var i = 0u; thread == 0u && open && i < WALK; i += AHEAD) {
      for (var k = 0u; k < AHEAD; k++) { // unroll
        let weight = floats[i + k];
        // Rounding may leave a remainder at the end, which a token without weight must not receive.
        if (open && weight > 0.0) {
          chosen = candidate(kept.source, first + i + k);
          open = left >= weight;
          left -= weight;
        }
      }
    }
    workgroupBarrier();
  }
}
