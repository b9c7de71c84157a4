// Reads keys and values from the textures that mirror the cache on software drivers, see stored_texture. A strip is
// one key head of one slot.
// gives: key_at, value_at
@group(0) @binding(1) var keys: texture_storage_2d_array<rgba32float, read>; // [slots · KV_HEADS, capacity, VECS], f32
@group(0) @binding(3) var values: texture_storage_2d_array<rgba32float, read>; // [slots · KV_HEADS, capacity, VECS], f32

fn key_at(strip: u32, position: u32, v: u32) -> vec4f {
  return textureLoad(keys, vec2u(v, position), strip);
}

fn value_at(strip: u32, position: u32, v: u32) -> vec4f {
  return textureLoad(values, vec2u(v, position), strip);
}
