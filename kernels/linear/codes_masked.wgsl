// Codes of 4 bits to floats, for software drivers: masked in place, then converted.
// gives: codes, place

// Codes of columns 4 k to 4 k + 3 of a unit, times 16^k unless k is 7.
fn codes(words: vec4u, k: u32) -> vec4f {
  if (k == 7u) { return vec4f(vec4i(words >> vec4u(28u))); }
  return vec4f(vec4i(words & vec4u(0xfu << (4u * k))));
}

// The inverse factor for their input.
fn place(k: u32) -> f32 {
  return select(bitcast<f32>((127u - 4u * k) << 23u), 1.0, k == 7u);
}
