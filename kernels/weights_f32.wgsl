// Weights stored as float32: a block is 8 of them.
struct Block { lo: vec4f, hi: vec4f }

@group(0) @binding(0) var<storage, read> weights: array<vec4f>; // [rows, columns padded to 8], f32

fn weight_block(i: u32) -> Block {
  return Block(weights[2u * i], weights[2u * i + 1u]);
}
