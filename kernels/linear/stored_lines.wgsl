// A matrix in a texture array as in stored_texture, for lanes with eight rows each (walk_int4_rows): in a block of 64
// rows, rows r, r + 8, ... r + 56 are interleaved in line r, unit by unit. Units that eight lanes fetch together are
// then adjacent: a block has eight read positions instead of 64 (a tenth faster).
// gives: stored
const LAYER_LINES = 512u; // lines of the matrix in one layer

@group(0) @binding(0) var weights: texture_storage_2d_array<rgba32uint, read>; // [layers, LAYER_LINES, 8 · units of a row]

fn stored(row: u32, unit: u32) -> vec4u {
  let line = row / 64u * 8u + row % 8u;
  return textureLoad(weights, vec2u(unit * 8u + row / 8u % 8u, line % LAYER_LINES), line / LAYER_LINES);
}
