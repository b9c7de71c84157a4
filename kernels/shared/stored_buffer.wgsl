// A matrix in a storage buffer, 16 bytes per load.
// gives: stored
const ROW_UNITS = 8u; // 16-byte units per row

@group(0) @binding(0) var<storage, read> weights: array<vec4u>; // [rows, ROW_UNITS]

fn stored(row: u32, unit: u32) -> vec4u {
  return weights[row * ROW_UNITS + unit];
}
