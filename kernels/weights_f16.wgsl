// Weights stored as float16: a block is 8 of them in one 16-byte load. Needs no shader-f16.
struct Block { lo: vec4f, hi: vec4f }

@group(0) @binding(0) var<storage, read> weights: array<vec4u>; // [rows, columns padded to 8], f16

fn weight_block(i: u32) -> Block {
  let p = weights[i];
  return Block(
    vec4f(unpack2x16float(p.x), unpack2x16float(p.y)),
    vec4f(unpack2x16float(p.z), unpack2x16float(p.w)),
  );
}
