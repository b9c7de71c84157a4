// The cache is also stored in textures, which a software driver reads several times faster, see kv_texture. A
// strip is one key head of one slot.
// gives: keep_in_cache
@group(0) @binding(9) var key_mirror: texture_storage_2d_array<rgba32float, write>; // [slots · KV_HEADS, capacity, vec4s of a head], f32
@group(0) @binding(11) var value_mirror: texture_storage_2d_array<rgba32float, write>; // [slots · KV_HEADS, capacity, vec4s of a head], f32

fn keep_in_cache(kind: u32, strip: u32, position: u32, unit: u32, value: vec4f) {
  if (kind == 0u) { textureStore(key_mirror, vec2u(unit, position), strip, value); }
  else { textureStore(value_mirror, vec2u(unit, position), strip, value); }
}
