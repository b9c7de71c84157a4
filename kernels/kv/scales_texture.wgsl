// The scales of codes in textures, in the texel after a position's codes.
// gives: key_scale, value_scale
// needs: VECS, keys, values
fn key_scale(base: u32, position: u32) -> f32 {
  return textureLoad(keys, vec2u(VECS, position), base).x;
}

fn value_scale(base: u32, position: u32) -> f32 {
  return textureLoad(values, vec2u(VECS, position), base).x;
}
