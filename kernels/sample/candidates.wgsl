// The tokens that a draw still considers: all of them, or a list in workgroup memory. A list is made from the
// peaks (the best score of each word of 32 tokens): only words whose peak reaches the bound are read.
// gives: AHEAD, ALL, LIST, LISTED, PEAKS, candidate, found, key_of, list_from, listed, value_at
// needs: BITMAP, THREADS, VOCAB, peaks
const LIST = 1024u; // most candidates that are listed
const AHEAD = 4u;   // scores that a thread loads before it uses the first
const ALL = 0u;     // candidates are all tokens,
const LISTED = 1u;  // those listed,
const PEAKS = 2u;   // or, to find a bound, peaks instead of tokens

@group(0) @binding(6) var<storage, read> scores: array<f32>; // [sequences, 32 * BITMAP]

var<workgroup> length: atomic<u32>;
var<workgroup> lengths: u32;             // the same, for all threads to read
var<workgroup> found: array<u32, LIST>;  // tokens in any order; free afterwards
var<workgroup> listed: array<u32, LIST>; // in id order, which draws depend on

// Larger floats have larger keys.
fn key_of(value: f32) -> u32 {
  let bits = bitcast<u32>(value);
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}

fn candidate(source: u32, i: u32) -> u32 {
  if (source == LISTED) { return listed[i]; }
  return i;
}

// Score of a candidate.
fn value_at(sequence: u32, source: u32, i: u32) -> f32 {
  if (source == PEAKS) { return peaks[sequence * BITMAP + i].score; }
  return scores[sequence * (32u * BITMAP) + candidate(source, i)];
}

// Lists the tokens whose keys are at least the bound. Returns their number; if they are more than `most`, some larger
// number, and there is no list.
fn list_from(sequence: u32, bound: u32, most: u32, thread: u32) -> u32 {
  if (thread == 0u) { atomicStore(&length, 0u); }
  workgroupBarrier();
  for (var word = thread; word < BITMAP && atomicLoad(&length) <= most; word += THREADS) {
    if (key_of(peaks[sequence * BITMAP + word].score) < bound) { continue; }
    for (var first = word * 32u; first < word * 32u + 32u; first += AHEAD) {
      var values: array<f32, AHEAD>;
      for (var k = 0u; k < AHEAD; k++) { // unroll
        values[k] = scores[sequence * (32u * BITMAP) + first + k];
      }
      var reached = 0u;
      for (var k = 0u; k < AHEAD; k++) { // unroll
        reached |= select(0u, 1u << k, (key_of(values[k]) >= bound) & (first + k < VOCAB));
      }
      for (; reached != 0u; reached &= reached - 1u) {
        found[min(atomicAdd(&length, 1u), LIST - 1u)] = first + countTrailingZeros(reached);
      }
    }
  }
  workgroupBarrier();
  if (thread == 0u) { lengths = atomicLoad(&length); }
  let count = workgroupUniformLoad(&lengths);
  if (count > most) { return count; }
  for (var i = thread; i < count; i += THREADS) {
    var place = 0u;
    for (var j = 0u; j < count; j++) { place += select(0u, 1u, found[j] < found[i]); }
    listed[place] = found[i];
  }
  workgroupBarrier();
  return count;
}
