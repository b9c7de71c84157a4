// Stage two of the choice of a token: the best of all peaks, or a drawn token. Token, position and step then advance, all
// on the device. One workgroup per sequence.
// gives: main, THREADS, chosen, decode, peaks, sampling
// needs: BITMAP, BROKEN, Batch, Peak, Sampling, VOCAB, draw
const THREADS = 64u;
const RING = 256u;        // steps that the history holds

@group(0) @binding(0) var<storage, read> peaks: array<Peak>; // [sequences, BITMAP]
@group(0) @binding(1) var<storage, read> slots: array<u32>; // slot of each sequence's state
@group(0) @binding(2) var<storage, read_write> decode: Batch; // one row per slot
@group(0) @binding(3) var<storage, read_write> sampling: array<Sampling>; // [slots]
@group(0) @binding(4) var<storage, read_write> seen: array<u32>; // [slots, BITMAP] prompt and generated tokens
@group(0) @binding(5) var<storage, read_write> history: array<u32>; // [RING, slots] tokens by step

var<workgroup> best: array<Peak, THREADS>;
var<workgroup> chosen: u32;
var<workgroup> draws: u32; // 1: the sequence samples

// A broken peak prevails; of equal scores, the lower token.
fn better(one: Peak, other: Peak) -> Peak {
  let higher = other.score > one.score || (other.score == one.score && other.token < one.token);
  if (one.token != BROKEN && (higher || other.token == BROKEN)) { return other; }
  return one;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sequence = group.x;
  let slot = slots[sequence];

  var own = peaks[sequence * BITMAP + min(thread, BITMAP - 1u)];
  for (var first = thread + THREADS; first < BITMAP; first += 4u * THREADS) {
    var others: array<Peak, 4>;
    for (var i = 0u; i < 4u; i++) { // unroll
      others[i] = peaks[sequence * BITMAP + min(first + i * THREADS, BITMAP - 1u)];
    }
    for (var i = 0u; i < 4u; i++) { // unroll
      own = better(own, others[i]);
    }
  }
  best[thread] = own;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (thread < half) { best[thread] = better(best[thread], best[thread + half]); }
  }
  workgroupBarrier();
  let top = best[0];
  if (thread == 0u) {
    chosen = top.token;
    draws = select(0u, 1u, sampling[slot].sample == 1u && top.token != BROKEN);
  }
  // Broadcast by one thread: values that control barriers must be provably uniform (HLSL, browsers).
  if (workgroupUniformLoad(&draws) == 1u) { draw(sequence, slot, top, thread); }
  workgroupBarrier();
  if (thread == 0u) {
    let token = chosen;
    history[(sampling[slot].step % RING) * arrayLength(&sampling) + slot] = token;
    sampling[slot].step += 1u;
    let known = min(token, VOCAB - 1u);
    seen[slot * BITMAP + known / 32u] |= 1u << (known % 32u);
    decode.rows[slot].x = known;
    // A sequence that the host has not stopped yet stays inside its cache.
    let next = min(decode.rows[slot].z + 1u, decode.capacity - 1u);
    decode.rows[slot].w += next - decode.rows[slot].z;
    decode.rows[slot].z = next;
  }
}
