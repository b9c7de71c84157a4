// Attention of a tile of queries over the KV cache, with an online softmax: no T × T matrix is ever built.
//
// A workgroup processes a tile, so that a key is loaded once for QUERIES queries; it iterates over the keys in chunks
// of KEYS. Along z the keys are split if a single token would leave the device idle; attention_combine then merges
// the splits. SPLIT is fixed, so that a result does not depend on the length of other sequences.
// gives: main, THREADS
// needs: ABSENT, FIRST_HEAD, GROUP, HEADS, QUERIES, SCALE, SPLIT, VECS, batch, give_split, key_at, key_end, key_scale,
//   last_key, masked, q, strip_base, strip_of, tiles, value_at, value_scale
const KEYS = 64u;     // keys per chunk
const THREADS = 64u;  // a multiple of KEYS
const OWNED = 1u;     // output vec4s owned by a thread: QUERIES · VECS / THREADS, rounded up

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
  let first_head = FIRST_HEAD + group.y * GROUP;
  let base = strip_base(strip_of(batch.rows[tile.x].y, group.y));
  let begin = group.z * SPLIT;
  var end = key_end(tile.x + tile.y - 1u);
  if (groups.z > 1u) { end = min(end, begin + SPLIT); }

  if (thread < QUERIES) {
    maxima[thread] = -3.4028234e38;
    sums[thread] = 0.0;
  }
  var owned: array<vec4f, OWNED>;
  for (var chunk = begin; chunk < end; chunk += KEYS) {
    let key = chunk + thread % KEYS;
    // A thread scores one key against every query; threads beyond KEYS share the queries. Assigned explicitly: naga
    // zeroes a loop variable only once, before the loop.
    var dots = array<f32, QUERIES>();
    if (thread < KEYS && key < end) {
      for (var v = 0u; v < VECS; v++) {
        let k = key_at(base, key, v);
        for (var m = 0u; m < QUERIES; m++) { // unroll
          let token = tile.x + min(m / GROUP, tile.y - 1u);
          dots[m] += dot(k, q[(token * HEADS + first_head + m % GROUP) * VECS + v]);
        }
      }
    }
    if (thread < KEYS) {
      let scale = key_scale(base, min(key, end - 1u)) * SCALE;
      for (var m = 0u; m < QUERIES; m++) { // unroll
        let token = tile.x + min(m / GROUP, tile.y - 1u);
        scores[m * KEYS + thread] = masked(dots[m] * scale, token, last_key(token), key, end);
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
          let weight = scores[m * KEYS + k] * value_scale(base, chunk + k);
          value = fma(vec4f(weight), value_at(base, chunk + k, item % VECS), value);
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
      give_split(token, head, item % VECS, owned[o], maxima[m], sums[m], group.z, groups.z);
    }
  }
}
