// Chooses the next token of each sequence, in transformers' order: repetition penalty, blocked tokens, then the best
// token or a sampled one. Token, position and step then advance, all on the device. One workgroup per sequence.
// gives: main, BROKEN, THREADS, VOCAB, chosen, decode, floats, sampling, score
// needs: Batch, draw
const THREADS = 64u;
const VOCAB = 64u;
const LOGIT_STRIDE = 64u; // stride between sequences' logits, in floats
const BITMAP = 2u;        // words per bitmap of the vocabulary
const RING = 256u;        // steps that the history holds
const BROKEN = 0xffffffffu; // marks non-finite logits

struct Sampling {
  temperature: f32,
  top_p: f32,
  min_p: f32,
  penalty: f32,
  top_k: u32,      // 0: off
  sample: u32,     // 0: greedy
  seed_lo: u32,
  seed_hi: u32,
  sequence: u32,   // which of several returns of one prompt
  step: u32,       // tokens generated so far
  blocked_until: u32, // the blocked bitmap applies while step is below
  unused: u32,
}

@group(0) @binding(0) var<storage, read> logits: array<f32>; // [sequences, LOGIT_STRIDE], f32
@group(0) @binding(1) var<storage, read> slots: array<u32>; // slot of each sequence's state
@group(0) @binding(2) var<storage, read_write> decode: Batch; // one row per slot
@group(0) @binding(3) var<storage, read_write> sampling: array<Sampling>; // [slots]
@group(0) @binding(4) var<storage, read_write> seen: array<u32>; // [slots, BITMAP] prompt and generated tokens
@group(0) @binding(5) var<storage, read> blocked: array<u32>; // [slots, BITMAP]
@group(0) @binding(6) var<storage, read_write> history: array<u32>; // [RING, slots] tokens by step

var<workgroup> floats: array<f32, THREADS>;
var<workgroup> indices: array<u32, THREADS>;
var<workgroup> broken: atomic<u32>;
var<workgroup> chosen: u32;
var<workgroup> wishes: u32; // bits: sample, top_k, top_p

fn has(word: u32, token: u32) -> bool {
  return ((word >> (token % 32u)) & 1u) == 1u;
}

fn score(sequence: u32, slot: u32, token: u32) -> f32 {
  var value = logits[sequence * LOGIT_STRIDE + token];
  if (sampling[slot].penalty != 1.0 && has(seen[slot * BITMAP + token / 32u], token)) {
    value = select(value * sampling[slot].penalty, value / sampling[slot].penalty, value > 0.0);
  }
  if (sampling[slot].step < sampling[slot].blocked_until && has(blocked[slot * BITMAP + token / 32u], token)) {
    return -3.4028234e38;
  }
  return select(value, value / sampling[slot].temperature, sampling[slot].sample == 1u);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let sequence = group.x;
  let slot = slots[sequence];

  var best = -3.4028234e38;
  var best_token = VOCAB;
  for (var token = thread; token < VOCAB; token += THREADS) {
    if ((bitcast<u32>(logits[sequence * LOGIT_STRIDE + token]) & 0x7f800000u) == 0x7f800000u) { atomicStore(&broken, 1u); }
    let value = score(sequence, slot, token);
    if (value > best || best_token == VOCAB) {
      best = value;
      best_token = token;
    }
  }
  floats[thread] = best;
  indices[thread] = best_token;
  workgroupBarrier();
  if (thread == 0u) {
    for (var i = 1u; i < THREADS; i++) {
      if (floats[i] > best || (floats[i] == best && indices[i] < best_token)) {
        best = floats[i];
        best_token = indices[i];
      }
    }
    floats[0] = best;
    chosen = best_token;
    let wish = sampling[slot];
    wishes = select(0u, 1u, wish.sample == 1u) | select(0u, 2u, wish.top_k > 0u && wish.top_k < VOCAB) |
      select(0u, 4u, wish.top_p < 1.0);
  }
  let top_token = workgroupUniformLoad(&chosen);
  let top = workgroupUniformLoad(&floats[0]);

  // Broadcast by one thread: values that control barriers must be provably uniform (HLSL, browsers).
  let wish = workgroupUniformLoad(&wishes);
  if ((wish & 1u) == 1u) { draw(sequence, slot, top_token, top, wish, thread); }
  workgroupBarrier();
  if (thread == 0u) {
    var token = chosen;
    if (atomicLoad(&broken) == 1u) { token = BROKEN; }
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
