// Attention of a tile of queries over the KV cache for a single subgroup: its lanes share a head's width. Queries and
// results stay in registers, every lane knows every score, and there are no barriers. For software drivers, whose lanes
// fetch one by one: each lane needs only its own part of a key. A kernel for GPUs was 5 (decoding) to 12 times (prompts)
// slower there. Lost: KEYS = 8 (no faster).
// gives: main, LANES
// needs: ABSENT, FIRST_HEAD, GROUP, HEADS, QUERIES, SCALE, TILE, VECS, batch, give_split, key_at, key_end, key_scale,
//   last_key, masked, q, span_of, strip_base, strip_of, tiles, value_at, value_scale
const LANES = 8u;     // threads of the subgroup; divides VECS
const OWNED = VECS / LANES; // vec4s of a head that a lane owns
const KEYS = 4u;      // keys per chunk

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let tile = tiles[group.x];
  let first_head = FIRST_HEAD + group.y * GROUP;
  let base = strip_base(strip_of(batch.rows[tile.x].y, group.y));
  var begin = 0u;
  var end = key_end(tile.x + tile.y - 1u);
  if (groups.z > 1u) {
    let span = span_of(end);
    begin = group.z * span;
    end = min(end, begin + span);
    if (begin >= end) { return; }
  }

  var queries: array<vec4f, QUERIES * OWNED>;
  var owned: array<vec4f, QUERIES * OWNED>;
  var maxima: array<f32, QUERIES>;
  var sums: array<f32, QUERIES>;
  var last: array<u32, TILE>;
  for (var t = 0u; t < TILE; t++) { // unroll
    last[t] = last_key(tile.x + min(t, tile.y - 1u));
  }
  for (var m = 0u; m < QUERIES; m++) { // unroll
    let token = tile.x + min(m / GROUP, tile.y - 1u);
    for (var o = 0u; o < OWNED; o++) { // unroll
      queries[m * OWNED + o] = q[(token * HEADS + first_head + m % GROUP) * VECS + o * LANES + lane] * SCALE;
    }
    maxima[m] = ABSENT;
  }
  for (var chunk = begin; chunk < end; chunk += KEYS) {
    var scores: array<f32, QUERIES * KEYS>;
    for (var k = 0u; k < KEYS; k++) { // unroll
      let key = chunk + k;
      let known = min(key, end - 1u);
      var keyed: array<vec4f, OWNED>;
      for (var o = 0u; o < OWNED; o++) { // unroll
        keyed[o] = key_at(base, known, o * LANES + lane);
      }
      let scale = key_scale(base, known);
      for (var m = 0u; m < QUERIES; m++) { // unroll
        var share = 0.0;
        for (var o = 0u; o < OWNED; o++) { // unroll
          share += dot(queries[m * OWNED + o], keyed[o]);
        }
        let score = subgroupAdd(share) * scale;
        scores[m * KEYS + k] = masked(score, tile.x + min(m / GROUP, tile.y - 1u), last[m / GROUP], key, end);
      }
    }
    for (var m = 0u; m < QUERIES; m++) { // unroll
      var top = maxima[m];
      for (var k = 0u; k < KEYS; k++) { // unroll
        top = max(top, scores[m * KEYS + k]);
      }
      let shrink = exp(maxima[m] - top);
      maxima[m] = top;
      var sum = 0.0;
      for (var k = 0u; k < KEYS; k++) { // unroll
        let score = scores[m * KEYS + k];
        scores[m * KEYS + k] = select(exp(score - top), 0.0, score == ABSENT);
        sum += scores[m * KEYS + k];
      }
      sums[m] = fma(sums[m], shrink, sum);
      for (var o = 0u; o < OWNED; o++) { // unroll
        owned[m * OWNED + o] *= shrink;
      }
    }
    for (var k = 0u; k < KEYS; k++) { // unroll
      let known = min(chunk + k, end - 1u);
      let scale = value_scale(base, known);
      for (var o = 0u; o < OWNED; o++) { // unroll
        let value = value_at(base, known, o * LANES + lane);
        for (var m = 0u; m < QUERIES; m++) { // unroll
          owned[m * OWNED + o] = fma(vec4f(scores[m * KEYS + k] * scale), value, owned[m * OWNED + o]);
        }
      }
    }
  }

  // Copied, because a dynamic index would move the indexed array out of registers. The loop must not be unrolled:
  // storing runs once, but would be most of the code to compile.
  var results = owned;
  var tops = maxima;
  var totals = sums;
  for (var m = 0u; m < tile.y * GROUP; m++) {
    let token = tile.x + m / GROUP;
    let head = first_head + m % GROUP;
    for (var o = 0u; o < OWNED; o++) { // unroll
      give_split(token, head, o * LANES + lane, results[m * OWNED + o], tops[m], totals[m], group.z, groups);
    }
  }
}
