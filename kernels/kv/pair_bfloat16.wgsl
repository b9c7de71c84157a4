// Two bfloat16, the upper halves of a float32, in a word; they are rounded before, to nearest, ties to even.
// gives: nearest, pack_pair, unpack_pair
fn pack_pair(pair: vec2f) -> u32 {
  return (bitcast<u32>(pair.x) >> 16u) | bitcast<u32>(pair.y);
}

fn unpack_pair(word: u32) -> vec2f {
  return bitcast<vec2f>(vec2u(word << 16u, word & 0xffff0000u));
}

fn nearest(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
  let rounded = (bits + 0x7fffu + ((bits >> 16u) & 1u)) & 0xffff0000u;
  return bitcast<f32>(select(rounded, 0x7fc00000u, is_nan));
}
