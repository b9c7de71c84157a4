// Attention of single tokens over the KV cache. A workgroup processes GROUP query heads of a token over one span of its
// keys, in chunks of KEYS with an online softmax.
//
// Keys: a team of LANES threads computes the scores of TEAM_KEYS keys; its lanes share a key's width, so that neighbours
// read adjacent bytes, and their sums meet in workgroup memory. Softmax: JUDGES threads per query. Values: COLUMNS
// threads read a value row; PARTS of them share the keys of a chunk. Loads come in batches of eight before their use,
// because a GPU waits as long for one as for eight.
// gives: main
// needs: ABSENT, FIRST_HEAD, GROUP, HEADS, SCALE, VECS, add_dot, batch, give_split, key_at, key_end, key_scale,
//   last_key, masked, q, span_of, strip_base, strip_of, tiles, value_at, value_scale
const THREADS = 128u;
const QUERY_LOADS = 1u; // GROUP · VECS / THREADS, rounded up
const KEYS = 64u;      // keys per chunk
const LANES = 4u;      // threads of a team; divides VECS
const TEAMS = THREADS / LANES;
const TEAM_KEYS = KEYS / TEAMS;
const WIDE = 1u;       // adjacent vec4s of a key that a lane reads
const STEP = 2u;       // vec4s of each key that a lane loads before their use; a multiple of WIDE that divides VECS / LANES
const JUDGES = 32u;    // threads per query; a power of 2
const JUDGED = KEYS / JUDGES;
const COLUMNS = 8u;    // threads per value row
const BLOCKS = 1u;     // vec4s of a value row per thread: VECS / COLUMNS, rounded up
const PARTS = 16u;     // a power of 2
const PART_KEYS = KEYS / PARTS;
const AHEAD = 4u;      // values that a thread loads before their use; divides PART_KEYS
const SCRATCH = 576u;  // floats: sums of the lanes, then of the parts
const SUMS = GROUP * KEYS + 8u; // stride between lanes, padded so that a team's lanes meet different banks

var<workgroup> queries: array<array<vec4f, VECS>, GROUP>;
var<workgroup> scratch: array<f32, SCRATCH>;
var<workgroup> weights: array<array<f32, GROUP>, KEYS>;
var<workgroup> judged: array<array<f32, JUDGES>, GROUP>;
var<workgroup> shrinks: array<f32, GROUP>;

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let token = tiles[group.x].x;
  let first_head = FIRST_HEAD + group.y * GROUP;
  let base = strip_base(strip_of(batch.rows[token].y, group.y));
  let last = last_key(token);
  let all = key_end(token);
  let span = span_of(all);
  let begin = group.z * span;
  let end = min(all, begin + span);
  if (begin >= end) { return; }

  for (var n = 0u; n < QUERY_LOADS; n++) { // unroll
    let i = n * THREADS + thread;
    if (i < GROUP * VECS) { queries[i / VECS][i % VECS] = q[(token * HEADS + first_head) * VECS + i]; }
  }
  let lane = thread % LANES;
  let team = thread / LANES;
  let judge = thread / JUDGES; // of this query
  let column = thread % COLUMNS;
  let part = thread / COLUMNS;
  var top = ABSENT;
  var sum = 0.0;
  var owned: array<vec4f, BLOCKS * GROUP>;
  workgroupBarrier();

  for (var chunk = begin; chunk < end; chunk += KEYS) {
    var factors: array<vec2f, JUDGED>;
    for (var j = 0u; j < JUDGED; j++) { // unroll
      let key = min(chunk + j * JUDGES + thread % JUDGES, end - 1u);
      factors[j] = vec2f(key_scale(base, key) * SCALE, value_scale(base, key));
    }
    // Assigned explicitly: naga zero-initializes a variable declared in a loop only once, before the loop.
    var dots = array<f32, TEAM_KEYS * GROUP>();
    for (var first = lane * WIDE; first < VECS; first += STEP * LANES) {
      var keyed: array<vec4f, TEAM_KEYS * STEP>;
      for (var k = 0u; k < TEAM_KEYS; k++) { // unroll
        let key = min(chunk + k * TEAMS + team, end - 1u);
        for (var s = 0u; s < STEP; s++) { // unroll
          keyed[k * STEP + s] = key_at(base, key, first + s / WIDE * WIDE * LANES + s % WIDE);
        }
      }
      for (var m = 0u; m < GROUP; m++) { // unroll
        for (var s = 0u; s < STEP; s++) { // unroll
          let query = queries[m][first + s / WIDE * WIDE * LANES + s % WIDE];
          for (var k = 0u; k < TEAM_KEYS; k++) { // unroll
            dots[k * GROUP + m] = add_dot(dots[k * GROUP + m], query, keyed[k * STEP + s]);
          }
        }
      }
    }
    for (var k = 0u; k < TEAM_KEYS; k++) { // unroll
      for (var m = 0u; m < GROUP; m++) { // unroll
        scratch[lane * SUMS + m * KEYS + k * TEAMS + team] = dots[k * GROUP + m];
      }
    }
    workgroupBarrier();

    var scores: array<f32, JUDGED>;
    var next = top;
    if (judge < GROUP) {
      for (var j = 0u; j < JUDGED; j++) { // unroll
        let key = j * JUDGES + thread % JUDGES;
        var score = 0.0;
        for (var l = 0u; l < LANES; l++) { // unroll
          score += scratch[l * SUMS + judge * KEYS + key];
        }
        scores[j] = masked(score * factors[j].x, token, last, chunk + key, end);
        next = max(next, scores[j]);
      }
      judged[judge][thread % JUDGES] = next;
    }
    workgroupBarrier();
    if (judge < GROUP) {
      for (var j = 0u; j < JUDGES; j++) { // unroll
        next = max(next, judged[judge][j]);
      }
      let shrink = exp(top - next);
      top = next;
      sum *= shrink;
      for (var j = 0u; j < JUDGED; j++) { // unroll
        let weight = select(exp(scores[j] - top), 0.0, scores[j] == ABSENT);
        sum += weight;
        weights[j * JUDGES + thread % JUDGES][judge] = weight * factors[j].y;
      }
      if (thread % JUDGES == 0u) { shrinks[judge] = shrink; }
    }
    workgroupBarrier();

    for (var m = 0u; m < GROUP; m++) { // unroll
      for (var b = 0u; b < BLOCKS; b++) { // unroll
        owned[b * GROUP + m] *= shrinks[m];
      }
    }
    if (part < PARTS) {
      for (var b = 0u; b < BLOCKS; b++) { // unroll
        let v = min(b * COLUMNS + column, VECS - 1u);
        for (var first = part; first < min(KEYS, end - chunk); first += AHEAD * PARTS) {
          var values: array<vec4f, AHEAD>;
          for (var a = 0u; a < AHEAD; a++) { // unroll
            values[a] = value_at(base, min(chunk + first + a * PARTS, end - 1u), v);
          }
          for (var a = 0u; a < AHEAD; a++) { // unroll
            for (var m = 0u; m < GROUP; m++) { // unroll
              let weight = weights[first + a * PARTS][m];
              owned[b * GROUP + m] = fma(vec4f(weight), values[a], owned[b * GROUP + m]);
            }
          }
        }
      }
    }
  }

  // Sums of the judges, and maxima in place of the factors.
  workgroupBarrier();
  if (judge < GROUP) {
    judged[judge][thread % JUDGES] = sum;
    if (thread % JUDGES == 0u) { shrinks[judge] = top; }
  }
  for (var b = 0u; b < BLOCKS; b++) { // unroll
    for (var half = PARTS / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if (part >= half && part < 2u * half) {
        for (var m = 0u; m < GROUP; m++) { // unroll
          for (var d = 0u; d < 4u; d++) { // unroll
            scratch[((m * 4u + d) * half + part - half) * COLUMNS + column] = owned[b * GROUP + m][d];
          }
        }
      }
      workgroupBarrier();
      if (part < half) {
        for (var m = 0u; m < GROUP; m++) { // unroll
          for (var d = 0u; d < 4u; d++) { // unroll
            owned[b * GROUP + m][d] += scratch[((m * 4u + d) * half + part) * COLUMNS + column];
          }
        }
      }
    }
  }
  workgroupBarrier();
  if (part == 0u) {
    for (var m = 0u; m < GROUP; m++) { // unroll
      var total = 0.0;
      for (var j = 0u; j < JUDGES; j++) { total += judged[m][j]; }
      for (var b = 0u; b < BLOCKS; b++) { // unroll
        let v = b * COLUMNS + column;
        if (v < VECS) { give_split(token, first_head + m, v, owned[b * GROUP + m], shrinks[m], total, group.z, groups); }
      }
    }
  }
}
