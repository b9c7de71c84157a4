// Writes adjacent numbers of a head to the cache in 16 bits, two in a word; PAIRS is even.
// gives: as_kept, keep, keep_scale
// needs: PAIRS, Pairs, STRIDE, batch, nearest, pack_pair
@group(0) @binding(6) var<storage, read_write> keys: array<u32>; // [slots, KV_HEADS, capacity, STRIDE / 2], two f16 or bf16
@group(0) @binding(7) var<storage, read_write> values: array<u32>; // [slots, KV_HEADS, capacity, STRIDE / 2], two f16 or bf16

fn keep(kind: u32, strip: u32, position: u32, feature: u32, x: Pairs) {
  let to = ((strip * batch.capacity + position) * STRIDE + feature) / 2u;
  for (var p = 0u; p < PAIRS / 2u; p++) { // unroll
    let word = pack_pair(vec2f(x[2u * p], x[2u * p + 1u]));
    if (kind == 0u) { keys[to + p] = word; } else { values[to + p] = word; }
  }
}

// The number that `keep` gets and that is read back.
fn as_kept(x: f32) -> f32 {
  return nearest(x);
}

// The factor of a head's numbers before they are kept.
fn keep_scale(_kind: u32, _strip: u32, _position: u32, _largest: f32) -> f32 {
  return 1.0;
}
