// The attention weights, softmax(q k / sqrt(d)), if requested: one workgroup per token and head, one thread per key.
// Not part of a forward that does not request them.
// gives: main, LANES, THREADS
// needs: ABSENT, batch, key_end, last_key, masked, team_sum
const HEADS = 4u;
const KV_HEADS = 2u;
const VECS = 4u;     // vec4s per head
const THREADS = 64u;
const LANES = 64u;
const KEY_COUNT = 8u; // keys per row of the result
const SCALE = 0.25;

@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [tokens, HEADS, VECS], f32
@group(0) @binding(1) var<storage, read> keys: array<vec4f>; // [slots, KV_HEADS, capacity, VECS], f32
@group(0) @binding(3) var<storage, read_write> weights: array<f32>; // [tokens, HEADS, KEY_COUNT], f32

var<workgroup> tops: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let token = group.x;
  let head = group.y;
  let end = key_end(token);
  let cache = (batch.rows[token].y * KV_HEADS + head / (HEADS / KV_HEADS)) * batch.capacity * VECS;
  let row = (token * HEADS + head) * KEY_COUNT;
  var top = -3.4028234e38;
  for (var key = thread; key < KEY_COUNT; key += THREADS) {
    var sum = 0.0;
    if (key < end) {
      for (var v = 0u; v < VECS; v++) {
        sum += dot(q[(token * HEADS + head) * VECS + v], keys[cache + key * VECS + v]);
      }
    }
    let score = masked(sum * SCALE, token, last_key(token), key, end);
    weights[row + key] = score;
    top = max(top, score);
  }
  tops[thread] = top;
  workgroupBarrier();
  for (var i = 0u; i < THREADS; i++) { top = max(top, tops[i]); }
  var mass = 0.0;
  for (var key = thread; key < KEY_COUNT; key += THREADS) {
    let score = weights[row + key];
    let weight = select(exp(score - top), 0.0, score == ABSENT);
    weights[row + key] = weight;
    mass += weight;
  }
  let total = team_sum(mass, thread);
  for (var key = thread; key < KEY_COUNT; key += THREADS) { weights[row + key] /= total; }
}
