// Output of a workgroup that processes one span of a token's keys: the result if there is no other span, else a partial
// result for attention_combine.
// gives: give_split
// needs: HEADS, VECS, give
@group(0) @binding(6) var<storage, read_write> partial: array<vec4f>; // [splits, tokens, HEADS, 1 + VECS]: max and sum, values

// `splits` is (number of tokens, unused, number of splits).
fn give_split(token: u32, head: u32, v: u32, value: vec4f, top: f32, sum: f32, split: u32, splits: vec3u) {
  if (splits.z == 1u) {
    give(token, head, v, value / sum);
  } else {
    let to = ((split * splits.x + token) * HEADS + head) * (1u + VECS);
    if (v == 0u) { partial[to] = vec4f(top, sum, 0.0, 0.0); }
    partial[to + 1u + v] = value;
  }
}
