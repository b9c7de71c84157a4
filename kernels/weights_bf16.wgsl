// Weights stored as bfloat16: a block is 8 of them in one 16-byte load. bfloat16 is the upper half of a float32.
struct Block { lo: vec4f, hi: vec4f }

@group(0) @binding(0) var<storage, read> weights: array<vec4u>; // [rows, columns padded to 8], bf16

fn weight_block(i: u32) -> Block {
  let p = weights[i];
  let even = bitcast<vec4f>(p << vec4u(16u));
  let odd = bitcast<vec4f>(p & vec4u(0xffff0000u));
  return Block(vec4f(even.x, odd.x, even.y, odd.y), vec4f(even.z, odd.z, even.w, odd.w));
}
