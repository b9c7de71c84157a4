// Codes of 4 bits to floats, for GPUs that convert integers slowly (NVIDIA) and for several tokens, which need the
// registers of codes_bytes: as the low bits of 2^23, which is then subtracted. Exact; mask and 2^23 are one instruction.
// gives: PLACES, codes, place
const PLACES = 4u; // factors in turn

// Codes of columns 4 k to 4 k + 3 of a unit, times 16^(k mod 4).
fn codes(words: vec4u, k: u32) -> vec4f {
  let bits = ((words >> vec4u(16u * (k / 4u))) & vec4u(0xfu << (4u * (k % 4u)))) | vec4u(0x4b000000u);
  return bitcast<vec4f>(bits) - vec4f(8388608.0);
}

// The inverse factor for their input.
fn place(k: u32) -> f32 {
  return bitcast<f32>((127u - 4u * (k % 4u)) << 23u);
}
