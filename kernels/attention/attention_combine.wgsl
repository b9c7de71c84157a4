// Merges the splits of attention: out = Σ exp(maxᵢ − max) valuesᵢ / Σ exp(maxᵢ − max) sumᵢ. One thread per output
// vec4.
// gives: main
// needs: HEADS, VECS, give, key_end, span_of
@group(0) @binding(0) var<storage, read> partial: array<vec4f>; // [splits, tokens, HEADS, 1 + VECS]: max and sum, values
const AHEAD = 8u; // splits loaded before their use

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  if (id.x >= HEADS * VECS) { return; }
  let head = id.x / VECS;
  let v = id.x % VECS;
  let end = key_end(id.y);
  let splits = (end - 1u) / span_of(end) + 1u;
  let base = (id.y * HEADS + head) * (1u + VECS);
  let stride = groups.y * HEADS * (1u + VECS);
  var top = -3.4028234e38;
  var sum = 0.0;
  var value = vec4f();
  for (var first = 0u; first < splits; first += AHEAD) {
    var maxima: array<vec2f, AHEAD>;
    var values: array<vec4f, AHEAD>;
    for (var s = 0u; s < AHEAD; s++) { // unroll
      let at = base + min(first + s, splits - 1u) * stride;
      maxima[s] = partial[at].xy;
      values[s] = partial[at + 1u + v];
    }
    var next = top;
    for (var s = 0u; s < AHEAD; s++) { // unroll
      next = max(next, maxima[s].x);
    }
    let shrink = exp(top - next);
    sum *= shrink;
    value *= shrink;
    top = next;
    for (var s = 0u; s < AHEAD; s++) { // unroll
      let weight = select(0.0, exp(maxima[s].x - top), first + s < splits);
      sum = fma(weight, maxima[s].y, sum);
      value = fma(vec4f(weight), values[s], value);
    }
  }
  give(id.y, head, v, value / sum);
}
