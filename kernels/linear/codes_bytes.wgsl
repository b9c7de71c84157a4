// Codes of 4 bits to floats, for GPUs that convert a byte of a register in one instruction (AMD, Intel): two masks
// spread the eight codes of a word over bytes.
// gives: PLACES, codes, place
const PLACES = 2u; // factors in turn

// Codes of columns 4 k to 4 k + 3 of a unit, times 16 if k is odd.
fn codes(words: vec4u, k: u32) -> vec4f {
  let bytes = words & vec4u(select(0x0f0f0f0fu, 0xf0f0f0f0u, k % 2u == 1u));
  return vec4f((bytes >> vec4u(8u * (k / 2u))) & vec4u(0xffu));
}

// The inverse factor for their input.
fn place(k: u32) -> f32 {
  return select(1.0, 0.0625, k % 2u == 1u);
}
