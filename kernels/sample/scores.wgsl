// Stage one of the choice of a token, over the whole device: scores in transformers' order (blocked tokens, repetition
// penalty, temperature), and the peak of each word of the vocabulary's bitmaps. A thread computes one word's 32 tokens,
// a workgroup 1024, so the logits are read once, with four loads in flight.
// Neighbouring threads on neighbouring tokens need a reduction for the peaks, and load each word of a bitmap 32 times.
// gives: main
// needs: BITMAP, BROKEN, Peak, Sampling, VOCAB
const LOGIT_STRIDE = 64u; // stride between sequences' logits, in floats
const STORES = true;      // false: nobody samples, and only the peaks matter
const LEAST = -3.4028234e38; // score of blocked tokens

@group(0) @binding(0) var<storage, read> logits: array<vec4f>; // [sequences, LOGIT_STRIDE], f32
@group(0) @binding(1) var<storage, read> slots: array<u32>; // slot of each sequence's state
@group(0) @binding(2) var<storage, read> sampling: array<Sampling>; // [slots]
@group(0) @binding(3) var<storage, read> seen: array<u32>; // [slots, BITMAP] prompt and generated tokens
@group(0) @binding(4) var<storage, read> blocked: array<u32>; // [slots, BITMAP]
@group(0) @binding(5) var<storage, read_write> peaks: array<Peak>; // [sequences, BITMAP]
@group(0) @binding(6) var<storage, read_write> scores: array<vec4f>; // [sequences, 32 * BITMAP], f32

// The bits of four tokens in a bitmap's word.
fn bits(word: u32, first: u32) -> vec4<bool> {
  return (vec4u(word >> (first % 32u)) & vec4u(1u, 2u, 4u, 8u)) != vec4u();
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let word = id.x;
  let sequence = id.y;
  if (word >= BITMAP) { return; }
  let slot = slots[sequence];
  let options = sampling[slot];
  let penalized = select(0u, seen[slot * BITMAP + word], options.penalty != 1.0);
  let suppressed = select(0u, blocked[slot * BITMAP + word], options.step < options.blocked_until);
  let heat = select(1.0, options.temperature, options.sample == 1u);

  var peak = Peak(LEAST, VOCAB);
  var broken = false;
  // Two halves, because all 32 tokens at once are much code.
  for (var half = word * 8u; half < word * 8u + 8u; half += 4u) {
    var loaded: array<vec4f, 4>;
    for (var i = 0u; i < 4u; i++) { // unroll
      // The stride may end within a word.
      loaded[i] = logits[min(sequence * (LOGIT_STRIDE / 4u) + half + i, arrayLength(&logits) - 1u)];
    }
    for (var i = 0u; i < 4u; i++) { // unroll
      var value = loaded[i];
      let first = (half + i) * 4u;
      let inside = vec4u(first, first + 1u, first + 2u, first + 3u) < vec4u(VOCAB);
      broken |= any(inside & ((bitcast<vec4u>(value) & vec4u(0x7f800000u)) == vec4u(0x7f800000u)));
      let changed = select(value * options.penalty, value / options.penalty, value > vec4f());
      value = select(value, changed, bits(penalized, first));
      // Division by the temperature is left out for greedy steps, where it is 1.
      if (STORES) { value /= heat; }
      value = select(value, vec4f(LEAST), bits(suppressed, first));
      if (STORES) { scores[sequence * (8u * BITMAP) + half + i] = value; }
      for (var k = 0u; k < 4u; k++) { // unroll
        if (inside[k] && (value[k] > peak.score || peak.token == VOCAB)) { peak = Peak(value[k], first + k); }
      }
    }
  }
  if (broken) { peak.token = BROKEN; }
  peaks[sequence * BITMAP + word] = peak;
}
