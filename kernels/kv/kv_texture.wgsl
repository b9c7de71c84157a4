// Reads keys and values from the textures that mirror the KV buffers on software drivers (see kv_float32 and
// stored_texture). They hold the numbers that the buffers give: rounded to 16 bits, or codes. A strip is one key head of
// one slot.
// gives: key_at, keys, strip_base, value_at, values
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
