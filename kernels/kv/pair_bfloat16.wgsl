// Two bfloat16, the upper halves of a float32, in a word; rounded to nearest, ties to even.
// gives: pack_pair, unpack_pair
fn pack_pair(pair: vec2f) -> u32 {
  return (nearest_bfloat16(pair.x) >> 16u) | (nearest_bfloat16(pair.y) & 0xffff0000u);
}

fn unpack_pair(word: u32) -> vec2f {
  return bitcast<vec2f>(vec2u(word << 16u, word & 0xffff0000u));
}

fn nearest_bfloat16(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return select(bits + 0x7fffu + ((bits >> 16u) & 1u), 0x7fc00000u, is_nan);
}
