// Keys and values are stored as they are; compilers remove the factors.
// gives: key_scale, value_scale
fn key_scale(_base: u32, _position: u32) -> f32 {
  return 1.0;
}

fn value_scale(_base: u32, _position: u32) -> f32 {
  return 1.0;
}
