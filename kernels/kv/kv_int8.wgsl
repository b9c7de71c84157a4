// Reads keys and values in 8 bits from the cache's buffers, see kv_float32: codes, and the scale that a position's
// codes are to be multiplied by. A position is VECS words of four codes, then its scale.
// gives: key_at, key_scale, strip_base, value_at, value_scale
// needs: VECS, batch
@group(0) @binding(1) var<storage, read> keys: array<u32>; // [slots, KV_HEADS, capacity, VECS + 1], four i8; f32 at the end
@group(0) @binding(3) var<storage, read> values: array<u32>; // [slots, KV_HEADS, capacity, VECS + 1], four i8; f32 at the end

fn strip_base(strip: u32) -> u32 {
  return strip * batch.capacity;
}

fn key_at(base: u32, position: u32, v: u32) -> vec4f {
  return codes(keys[(base + position) * (VECS + 1u) + v]);
}

fn value_at(base: u32, position: u32, v: u32) -> vec4f {
  return codes(values[(base + position) * (VECS + 1u) + v]);
}

fn key_scale(base: u32, position: u32) -> f32 {
  return bitcast<f32>(keys[(base + position) * (VECS + 1u) + VECS]);
}

fn value_scale(base: u32, position: u32) -> f32 {
  return bitcast<f32>(values[(base + position) * (VECS + 1u) + VECS]);
}

fn codes(word: u32) -> vec4f {
  return vec4f(bitcast<vec4i>(vec4u(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u));
}
