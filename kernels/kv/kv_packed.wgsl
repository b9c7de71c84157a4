// Reads keys and values in 16 bits from the cache's buffers, see kv_float32. Needs no shader-f16.
// gives: key_at, strip_base, value_at
// needs: VECS, batch, unpack_pair
@group(0) @binding(1) var<storage, read> keys: array<vec2u>; // [slots, KV_HEADS, capacity, VECS], four f16 or bf16
@group(0) @binding(3) var<storage, read> values: array<vec2u>; // [slots, KV_HEADS, capacity, VECS], four f16 or bf16

fn strip_base(strip: u32) -> u32 {
  return strip * batch.capacity;
}

fn key_at(base: u32, position: u32, v: u32) -> vec4f {
  let words = keys[(base + position) * VECS + v];
  return vec4f(unpack_pair(words.x), unpack_pair(words.y));
}

fn value_at(base: u32, position: u32, v: u32) -> vec4f {
  let words = values[(base + position) * VECS + v];
  return vec4f(unpack_pair(words.x), unpack_pair(words.y));
}
