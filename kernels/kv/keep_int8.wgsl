// Writes a vec4 of a head to the cache in 8 bits: code = round(x · 127 / largest), and at the end of the position the
// scale, largest / 127. PAIRS is 4. A scale that is not finite keeps such numbers visible in the results.
// gives: as_kept, keep, keep_scale
// needs: Pairs, STRIDE, batch, mirror_scale
@group(0) @binding(6) var<storage, read_write> keys: array<u32>; // [slots, KV_HEADS, capacity, STRIDE / 4 + 1], four i8; f32 at the end
@group(0) @binding(7) var<storage, read_write> values: array<u32>; // [slots, KV_HEADS, capacity, STRIDE / 4 + 1], four i8; f32 at the end

fn keep(kind: u32, strip: u32, position: u32, feature: u32, x: Pairs) {
  let codes = vec4i(vec4f(x[0u], x[1u], x[2u], x[3u]));
  let bytes = (bitcast<vec4u>(codes) & vec4u(0xffu)) << vec4u(0u, 8u, 16u, 24u);
  keep_word(kind, strip, position, feature / 4u, bytes.x | bytes.y | bytes.z | bytes.w);
}

fn keep_word(kind: u32, strip: u32, position: u32, i: u32, word: u32) {
  let to = (strip * batch.capacity + position) * (STRIDE / 4u + 1u) + i;
  if (kind == 0u) { keys[to] = word; } else { values[to] = word; }
}

// The number that `keep` gets, and that is read back before it is scaled.
fn as_kept(x: f32) -> f32 {
  return clamp(round(x), -127.0, 127.0);
}

// Keeps the scale; returns the factor of a head's numbers before they are kept.
fn keep_scale(kind: u32, strip: u32, position: u32, largest: f32) -> f32 {
  let scale = largest / 127.0;
  keep_word(kind, strip, position, STRIDE / 4u, bitcast<u32>(scale));
  mirror_scale(kind, strip, position, STRIDE / 4u, scale);
  return select(127.0 / largest, 0.0, largest == 0.0);
}
