// Writes adjacent numbers of a head to the cache in float32.
// gives: as_kept, keep, keep_scale
// needs: PAIRS, Pairs, STRIDE, batch
@group(0) @binding(6) var<storage, read_write> keys: array<f32>; // [slots, KV_HEADS, capacity, STRIDE], f32
@group(0) @binding(7) var<storage, read_write> values: array<f32>; // [slots, KV_HEADS, capacity, STRIDE], f32

fn keep(kind: u32, strip: u32, position: u32, feature: u32, x: Pairs) {
  let to = (strip * batch.capacity + position) * STRIDE + feature;
  for (var p = 0u; p < PAIRS; p++) { // unroll
    if (kind == 0u) { keys[to + p] = x[p]; } else { values[to + p] = x[p]; }
  }
}

// The number that `keep` gets and that is read back.
fn as_kept(x: f32) -> f32 {
  return x;
}

// The factor of a head's numbers before they are kept.
fn keep_scale(_kind: u32, _strip: u32, _position: u32, _largest: f32) -> f32 {
  return 1.0;
}
