// Attention of a tile of queries over the KV cache, with an online softmax: no T × T matrix is ever built. For prompts on
// GPUs.
//
// SIDE threads process four queries, a workgroup FOURS times as many, against KEYS keys at a time: a thread computes
// 4 × EACH scores, then a vec4 of four results. Queries, keys and values are staged in workgroup memory, a slice at a
// time, and the next slice is loaded before the present one is used. A row's arithmetic depends neither on its tile nor
// on its place in it.
// gives: main
// needs: ABSENT, FIRST_HEAD, GROUP, HEADS, SCALE, VECS, add_dot, batch, give, keep_part, key_at, key_end, key_scale,
//   last_key, masked, part_of, q, resume_part, strip_base, strip_of, tiles, value_at, value_scale
const THREADS = 256u;
const SIDE = 16u;
const FOURS = THREADS / SIDE;
const KEYS = 64u;
const EACH = KEYS / SIDE;
const DEEP = 16u;       // keys whose values are staged together
const ROW = KEYS / SIDE; // of these, keys per row
const LOADS = DEEP / FOURS;

// A slice of 4 vec4s of queries, then of keys, one of each per row; or DEEP values, ROW of them per row. Rows are padded so
// that neighbours meet different banks.
var<workgroup> staged: array<array<vec4f, KEYS + 1u>, 8>;
var<workgroup> weights: array<array<vec4f, FOURS + 1u>, SIDE>; // of SIDE keys for four queries each; maxima and sums
var<workgroup> lasts: array<u32, 4u * FOURS>; // last keys visible to the queries

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = tiles[group.x];
  let first_head = FIRST_HEAD + group.y * GROUP;
  let base = strip_base(strip_of(batch.rows[tile.x].y, group.y));
  let end = key_end(tile.x + tile.y - 1u);
  let workgroup_index = (group.z * groups.y + group.y) * groups.x + group.x;
  let part = part_of(workgroup_index, thread, end);
  if (part.x == part.y) { return; } // done by earlier dispatches
  let four = thread / SIDE; // which four queries
  let nth = thread % SIDE;  // first key; then every SIDE-th
  let column = group.z * SIDE + nth;
  if (thread < 4u * FOURS) { lasts[thread] = last_key(tile.x + min(thread / GROUP, tile.y - 1u)); }
  // The vec4 of each slice that the thread stages: of this query, and of this key of a chunk.
  let unit = thread % 4u;
  let row = thread / 4u;
  let query = ((tile.x + min(row / GROUP, tile.y - 1u)) * HEADS + first_head + row % GROUP) * VECS;

  var top = vec4f(ABSENT);
  var sum = vec4f();
  var owned: array<vec4f, 4>;
  if (part.x > 0u) { resume_part(workgroup_index, thread, &top, &sum, &owned); }
  for (var chunk = part.x; chunk < part.y; chunk += KEYS) {
    // Assigned explicitly: naga zero-initializes a variable declared in a loop only once, before the loop.
    var scores = array<vec4f, EACH>();
    var next_query = q[query + min(unit, VECS - 1u)];
    let key = min(chunk + row, end - 1u);
    var next_key = key_at(base, key, min(unit, VECS - 1u));
    for (var slice = 0u; slice < VECS; slice += 4u) {
      workgroupBarrier();
      staged[unit][row] = next_query;
      staged[4u + unit][row] = next_key;
      workgroupBarrier();
      let v = min(slice + 4u + unit, VECS - 1u);
      next_query = q[query + v];
      next_key = key_at(base, key, v);
      for (var u = 0u; u < min(4u, VECS - slice); u++) {
        var queries: array<vec4f, 4>;
        for (var i = 0u; i < 4u; i++) { // unroll
          queries[i] = staged[u][four * 4u + i];
        }
        for (var k = 0u; k < EACH; k++) { // unroll
          let keyed = staged[4u + u][k * SIDE + nth];
          for (var i = 0u; i < 4u; i++) { // unroll
            scores[k][i] = add_dot(scores[k][i], queries[i], keyed);
          }
        }
      }
    }

    var next = top;
    for (var k = 0u; k < EACH; k++) { // unroll
      let at = chunk + k * SIDE + nth;
      let scale = key_scale(base, min(at, end - 1u)) * SCALE;
      for (var i = 0u; i < 4u; i++) { // unroll
        let m = four * 4u + i;
        let token = tile.x + min(m / GROUP, tile.y - 1u);
        scores[k][i] = masked(scores[k][i] * scale, token, lasts[m], at, end);
      }
      next = max(next, scores[k]);
    }
    weights[nth][four] = next;
    workgroupBarrier();
    for (var i = 0u; i < SIDE; i++) {
      next = max(next, weights[i][four]);
    }
    let shrink = exp(top - next);
    top = next;
    sum *= shrink;
    for (var i = 0u; i < 4u; i++) { // unroll
      owned[i] *= shrink[i];
    }
    for (var k = 0u; k < EACH; k++) { // unroll
      scores[k] = select(exp(scores[k] - top), vec4f(), scores[k] == vec4f(ABSENT));
      sum += scores[k];
      scores[k] *= value_scale(base, min(chunk + k * SIDE + nth, end - 1u));
    }

    var next_values: array<vec4f, LOADS>;
    for (var l = 0u; l < LOADS; l++) { // unroll
      next_values[l] = value_at(base, min(chunk + l * FOURS + four, end - 1u), min(column, VECS - 1u));
    }
    for (var first = 0u; first < KEYS; first += DEEP) {
      workgroupBarrier();
      if (first % SIDE == 0u) {
        var weight = scores[0];
        for (var k = 1u; k < EACH; k++) { // unroll
          weight = select(weight, scores[k], first == k * SIDE);
        }
        weights[nth][four] = weight;
      }
      for (var l = 0u; l < LOADS; l++) { // unroll
        staged[(l * FOURS + four) / ROW][(l * FOURS + four) % ROW * SIDE + nth] = next_values[l];
      }
      workgroupBarrier();
      for (var l = 0u; l < LOADS; l++) { // unroll
        let at = min(chunk + first + DEEP + l * FOURS + four, end - 1u);
        next_values[l] = value_at(base, at, min(column, VECS - 1u));
      }
      for (var r = 0u; r < DEEP / ROW; r++) {
        for (var j = 0u; j < ROW; j++) { // unroll
          let weight = weights[first % SIDE + r * ROW + j][four];
          let value = staged[r][j * SIDE + nth];
          for (var i = 0u; i < 4u; i++) { // unroll
            owned[i] = fma(vec4f(weight[i]), value, owned[i]);
          }
        }
      }
    }
  }

  if (part.y < end) {
    keep_part(workgroup_index, thread, top, sum, owned);
    return;
  }
  workgroupBarrier();
  weights[nth][four] = sum;
  workgroupBarrier();
  var total = vec4f();
  for (var i = 0u; i < SIDE; i++) { total += weights[i][four]; }
  for (var i = 0u; i < 4u; i++) { // unroll
    let m = four * 4u + i;
    if (m < tile.y * GROUP && column < VECS) {
      give(tile.x + m / GROUP, first_head + m % GROUP, column, owned[i] / total[i]);
    }
  }
}
