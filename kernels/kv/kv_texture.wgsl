// Reads keys and values from the textures that mirror the cache on software drivers, see cache_buffer and
// stored_texture. A strip is one key head of one slot.
// gives: key_at, key_scale, strip_base, value_at, value_scale
@group(0) @binding(1) var keys: texture_storage_2d_array<rgba32float, read>; // [slots · KV_HEADS, capacity, VECS], f32
@group(0) @binding(3) var values: texture_storage_2d_array<rgba32float, read>; // [slots · KV_HEADS, capacity, VECS], f32

fn strip_base(strip: u32) -> u32 {
  return strip;
}

fn key_at(base: u32, position: u32, v: u32) -> vec4f {
  return textureLoad(keys, vec2u(v, position), base);
}

fn value_at(base: u32, position: u32, v: u32) -> vec4f {
  return textureLoad(values, vec2u(v, position), base);
}

fn key_scale(_base: u32, _position: u32) -> f32 {
  return 1.0;
}

fn value_scale(_base: u32, _position: u32) -> f32 {
  return 1.0;
}
