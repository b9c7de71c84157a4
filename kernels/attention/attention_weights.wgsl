// The attention weights, softmax(q k / sqrt(d)), if requested: one workgroup per token and head, one thread per key.
// Not part of a forward that does not request them.
// gives: main, LANES, THREADS, VECS
// needs: ABSENT, batch, key_at, key_end, key_scale, last_key, masked, strip_base, team_sum
const HEADS = 4u;
const KV_HEADS = 2u;   // key heads of this share of the cache
const KEY_GROUP = 2u;  // query heads per key head
const FIRST_HEAD = 0u; // first query head of this share
const VECS = 4u;     // vec4s per head
const THREADS = 64u;
const LANES = 64u;
const KEY_COUNT = 8u; // keys per row of the result
const SCALE = 0.25;

@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [tokens, HEADS, VECS], f32
@group(0) @binding(4) var<storage, read_write> weights: array<f32>; // [tokens, HEADS, KEY_COUNT], f32

var<workgroup> tops: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let token = group.x;
  let head = FIRST_HEAD + group.y;
  let end = key_end(token);
  let base = strip_base(batch.rows[token].y * KV_HEADS + group.y / KEY_GROUP);
  let row = (token * HEADS + head) * KEY_COUNT;
  var top = -3.4028234e38;
  for (var key = thread; key < KEY_COUNT; key += THREADS) {
    var sum = 0.0;
    if (key < end) {
      for (var v = 0u; v < VECS; v++) {
        sum += dot(q[(token * HEADS + head) * VECS + v], key_at(base, key, v));
      }
      sum *= key_scale(base, key);
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
