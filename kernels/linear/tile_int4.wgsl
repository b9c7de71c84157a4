// Decodes 4-bit weights to numbers, eight at a time, for tiles: once for all tokens of a tile. Layout: weights_int4.
// Four blocks share a unit, which adjacent threads fetch together.
// gives: Block, CODE_UNITS, GROUP_UNITS, weight_block
// needs: group_scale, group_zero, stored
const CODE_UNITS = 8u;  // units of codes per row
const GROUP_UNITS = 4u; // units of codes that share a scale

struct Block { lo: vec4f, hi: vec4f }

fn weight_block(row: u32, b: u32) -> Block {
  let unit = b / 4u;
  let group = unit / GROUP_UNITS;
  let codes = stored(row, unit) >> vec4u(8u * (b % 4u));
  let word = stored(row, CODE_UNITS + group / 4u)[group % 4u];
  let scale = group_scale(word);
  let zero = group_zero(word, scale);
  let lo = vec4f(codes & vec4u(15u));
  let hi = vec4f((codes >> vec4u(4u)) & vec4u(15u));
  return Block(fma(lo, vec4f(scale), vec4f(zero)), fma(hi, vec4f(scale), vec4f(zero)));
}
