// Results are also stored in a texture, which a software driver reads several times faster than a buffer.
// gives: mirror
@group(0) @binding(9) var mirrored: texture_storage_2d_array<rgba32float, write>; // [1, tokens, vec4s of a token], f32

fn mirror(token: u32, unit: u32, value: vec4f) {
  textureStore(mirrored, vec2u(unit, token), 0, value);
}
