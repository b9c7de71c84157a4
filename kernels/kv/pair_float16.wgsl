// Two float16 in a word; they are rounded before. Rounds to nearest, ties to even, by itself: WGSL leaves the rounding of pack2x16float to the
// driver, and lavapipe rounds towards zero. Finite numbers beyond the largest float16 become that; they would be
// infinite in transformers.
// gives: nearest, pack_pair, unpack_pair
fn pack_pair(pair: vec2f) -> u32 {
  return pack2x16float(pair);
}

fn unpack_pair(word: u32) -> vec2f {
  return unpack2x16float(word);
}

fn nearest(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  // Below 2^-14, float16 has steps of 2^-24.
  if (size < 0x38800000u) { return round(x * 16777216.0) / 16777216.0; }
  if (size >= 0x7f800000u) { return x; }
  let rounded = (size + 0xfffu + ((size >> 13u) & 1u)) & 0xffffe000u;
  return bitcast<f32>((bits & 0x80000000u) | min(rounded, 0x477fe000u));
}
