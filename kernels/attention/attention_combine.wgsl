// Merges the splits of attention: out = Σ exp(maxᵢ − max) valuesᵢ / Σ exp(maxᵢ − max) sumᵢ. One thread per output
// vec4.
// gives: main
// needs: HEADS, VECS, give
@group(0) @binding(0) var<storage, read> partial: array<vec4f>; // [tokens, HEADS, splits, 1 + VECS]: max and sum, values

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let splits = groups.z; // only z = 0 works; the z size is the number of splits
  if (id.x >= HEADS * VECS || id.z > 0u) { return; }
  let head = id.x / VECS;
  let v = id.x % VECS;
  let base = (id.y * HEADS + head) * splits * (1u + VECS);
  var top = -3.4028234e38;
  for (var s = 0u; s < splits; s++) { top = max(top, partial[base + s * (1u + VECS)].x); }
  var sum = 0.0;
  var value = vec4f();
  for (var s = 0u; s < splits; s++) {
    let at = base + s * (1u + VECS);
    let weight = exp(partial[at].x - top);
    sum = fma(weight, partial[at].y, sum);
    value = fma(vec4f(weight), partial[at + 1u + v], value);
  }
  give(id.y, head, v, value / sum);
}
