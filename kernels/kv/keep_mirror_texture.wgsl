// The cache is also stored in textures, which a software driver reads several times faster, see kv_texture. A
// strip is one key head of one slot. PAIRS is 4.
// gives: keep_in_mirror, mirror_scale
// needs: Pairs
@group(0) @binding(9) var key_mirror: texture_storage_2d_array<rgba32float, write>; // [slots · KV_HEADS, capacity, vec4s of a head], f32
@group(0) @binding(11) var value_mirror: texture_storage_2d_array<rgba32float, write>; // [slots · KV_HEADS, capacity, vec4s of a head], f32

fn keep_in_mirror(kind: u32, strip: u32, position: u32, feature: u32, x: Pairs) {
  store_texel(kind, strip, position, feature / 4u, vec4f(x[0u], x[1u], x[2u], x[3u]));
}

fn mirror_scale(kind: u32, strip: u32, position: u32, unit: u32, scale: f32) {
  store_texel(kind, strip, position, unit, vec4f(scale));
}

fn store_texel(kind: u32, strip: u32, position: u32, unit: u32, value: vec4f) {
  if (kind == 0u) { textureStore(key_mirror, vec2u(unit, position), strip, value); }
  else { textureStore(value_mirror, vec2u(unit, position), strip, value); }
}
