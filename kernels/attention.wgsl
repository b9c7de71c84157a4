// Attention of a tile of queries over the cache, with an online softmax: no T × T matrix is ever built.
//
// A workgroup serves TILE neighbouring tokens of one sequence and GROUP query heads that share a key head, so that a
// key is loaded once for QUERIES = TILE · GROUP queries; it walks the keys in chunks of KEYS. Along z the keys are
// split (SPLIT keys each) where a single token would leave the device idle; attention_combine then merges the splits.
// SPLIT is fixed, so that a result does not depend on how long the neighbours are.
//
// Linked with: batch, cache_*, mask_*, mirror_*.
const HEADS = 4u;
const KV_HEADS = 2u;
const GROUP = 2u;     // query heads of one key head served together
const TILE = 1u;      // tokens served together
const QUERIES = TILE * GROUP;
const WIDTH = 16u;    // head_dim
const VECS = 4u;      // vec4s a head: head_dim / 4, rounded up
const KEYS = 64u;     // keys a chunk
const SPLIT = 256u;   // keys a workgroup along z, a multiple of KEYS
const THREADS = 64u;  // a multiple of KEYS
const OWNED = 1u;     // output vec4s a thread owns: QUERIES · VECS / THREADS, rounded up
const OUT_STRIDE = 64u; // floats from one token to the next in out
const SCALE = 0.25;   // 1 / sqrt(head_dim)

@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [tokens, HEADS, VECS], f32
@group(0) @binding(4) var<storage, read> tiles: array<vec2u>; // first token of a tile, how many
@group(0) @binding(5) var<storage, read_write> out: array<f32>; // [tokens, OUT_STRIDE], f32
@group(0) @binding(6) var<storage, read_write> partial: array<vec4f>; // [tokens, HEADS, splits, 1 + VECS]: max and sum, values

var<workgroup> scores: array<f32, QUERIES * KEYS>;
var<workgroup> maxima: array<f32, QUERIES>;
var<workgroup> sums: array<f32, QUERIES>;
var<workgroup> shrink: array<f32, QUERIES>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = tiles[group.x];
  let first_head = group.y * GROUP;
  let kv_head = first_head / (HEADS / KV_HEADS);
  let strip = batch.rows[tile.x].y * KV_HEADS + kv_head;
  let begin = group.z * SPLIT;
  var end = key_end(tile.x + tile.y - 1u);
  if (groups.z > 1u) { end = min(end, begin + SPLIT); }

  if (thread < QUERIES) {
    maxima[thread] = -3.4028235e38;
    sums[thread] = 0.0;
  }
  var owned: array<vec4f, OWNED>;
  for (var chunk = begin; chunk < end; chunk += KEYS) {
    let key = chunk + thread % KEYS;
    // A thread scores one key against every query; threads beyond KEYS share the queries.
    // Set in so many words: naga zeroes a variable of a loop only once, before the loop.
    var dots = array<f32, QUERIES>();
    if (thread < KEYS && key < end) {
      for (var v = 0u; v < VECS; v++) {
        let k = key_at(strip, key, v);
        for (var m = 0u; m < QUERIES; m++) { // unroll
          let token = tile.x + min(m / GROUP, tile.y - 1u);
          dots[m] += dot(k, q[(token * HEADS + first_head + m % GROUP) * VECS + v]);
        }
      }
    }
    if (thread < KEYS) {
      for (var m = 0u; m < QUERIES; m++) { // unroll
        let token = tile.x + min(m / GROUP, tile.y - 1u);
        scores[m * KEYS + thread] = masked(dots[m] * SCALE, token, last_key(token), key, end);
      }
    }
    workgroupBarrier();
    if (thread < QUERIES) {
      var top = maxima[thread];
      for (var k = 0u; k < KEYS; k++) { top = max(top, scores[thread * KEYS + k]); }
      shrink[thread] = exp(maxima[thread] - top);
      maxima[thread] = top;
    }
    workgroupBarrier();
    for (var i = thread; i < QUERIES * KEYS; i += THREADS) {
      let score = scores[i];
      scores[i] = select(exp(score - maxima[i / KEYS]), 0.0, score == ABSENT);
    }
    workgroupBarrier();
    if (thread < QUERIES) {
      var sum = 0.0;
      for (var k = 0u; k < KEYS; k++) { sum += scores[thread * KEYS + k]; }
      sums[thread] = fma(sums[thread], shrink[thread], sum);
    }
    let count = min(KEYS, end - chunk);
    for (var o = 0u; o < OWNED; o++) { // unroll
      let item = o * THREADS + thread;
      if (item < QUERIES * VECS) {
        let m = item / VECS;
        var value = owned[o] * shrink[m];
        for (var k = 0u; k < count; k++) {
          value = fma(vec4f(scores[m * KEYS + k]), value_at(strip, chunk + k, item % VECS), value);
        }
        owned[o] = value;
      }
    }
    workgroupBarrier();
  }

  workgroupBarrier();
  for (var o = 0u; o < OWNED; o++) { // unroll
    let item = o * THREADS + thread;
    let m = item / VECS;
    if (item < QUERIES * VECS && m / GROUP < tile.y) {
      let token = tile.x + m / GROUP;
      let head = first_head + m % GROUP;
      let v = item % VECS;
      if (groups.z == 1u) {
        let value = owned[o] / sums[m];
        for (var d = 0u; d < 4u; d++) { // unroll
          if (v * 4u + d < WIDTH) { out[token * OUT_STRIDE + head * WIDTH + v * 4u + d] = value[d]; }
        }
        mirror(token, head * VECS + v, value);
      } else {
        let to = ((token * HEADS + head) * groups.z + group.z) * (1u + VECS);
        if (v == 0u) { partial[to] = vec4f(maxima[m], sums[m], 0.0, 0.0); }
        partial[to + 1u + v] = owned[o];
      }
    }
  }
}
