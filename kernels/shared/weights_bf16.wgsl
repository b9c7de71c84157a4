// Weights stored as bfloat16, the upper half of a float32: a block of 8 is one 16-byte unit.
// gives: Block, weight_block
// needs: stored
struct Block { lo: vec4f, hi: vec4f }

fn weight_block(row: u32, b: u32) -> Block {
  let p = stored(row, b);
  let even = bitcast<vec4f>(p << vec4u(16u));
  let odd = bitcast<vec4f>(p & vec4u(0xffff0000u));
  return Block(vec4f(even.x, odd.x, even.y, odd.y), vec4f(even.z, odd.z, even.w, odd.w));
}
