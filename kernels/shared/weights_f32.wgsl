// Weights stored as float32: a block of 8 is two 16-byte units.
// gives: Block, weight_block
// needs: stored
struct Block { lo: vec4f, hi: vec4f }

fn weight_block(row: u32, b: u32) -> Block {
  return Block(bitcast<vec4f>(stored(row, 2u * b)), bitcast<vec4f>(stored(row, 2u * b + 1u)));
}
