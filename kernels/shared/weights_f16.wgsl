// Weights stored as float16: a block of 8 is one 16-byte unit. Needs no shader-f16.
// gives: Block, weight_block
// needs: stored
struct Block { lo: vec4f, hi: vec4f }

fn weight_block(row: u32, b: u32) -> Block {
  let p = stored(row, b);
  return Block(
    vec4f(unpack2x16float(p.x), unpack2x16float(p.y)),
    vec4f(unpack2x16float(p.z), unpack2x16float(p.w)),
  );
}
