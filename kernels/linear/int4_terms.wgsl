// Scale and zero of a group of 4-bit weights, decoded from its word: w = q · scale + zero.
// gives: group_scale, group_zero
const BFLOAT_SCALES = true; // else they are float16
const ZERO_IS_VALUE = true; // w = (q - 8) * scale + zero, a bfloat16; else w = (q - zero) * scale, a whole number

fn group_scale(word: u32) -> f32 {
  return select(unpack2x16float(word).x, bitcast<f32>(word << 16u), BFLOAT_SCALES);
}

fn group_zero(word: u32, scale: f32) -> f32 {
  return select(-scale * f32(word >> 16u), fma(-8.0, scale, bitcast<f32>(word & 0xffff0000u)), ZERO_IS_VALUE);
}
