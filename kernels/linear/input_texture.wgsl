// Reads the input of a linear map from the mirror that its producer writes, see stored_texture.
// gives: input
@group(0) @binding(1) var x: texture_storage_2d_array<rgba32float, read>; // [1, tokens, vec4s of a token], f32

fn input(token: u32, unit: u32) -> vec4f {
  return textureLoad(x, vec2u(unit, token), 0);
}
