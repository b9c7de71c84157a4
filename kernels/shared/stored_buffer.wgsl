// A matrix in a storage buffer, 16 bytes per load.
// gives: row_start, stored, stored_at, word_at
const ROW_UNITS = 8u; // 16-byte units per row

@group(0) @binding(0) var<storage, read> weights: array<vec4u>; // [rows, ROW_UNITS]

fn stored(row: u32, unit: u32) -> vec4u {
  return weights[row * ROW_UNITS + unit];
}

// For loops, where units are counted from the matrix's first one: drivers do not move a product out of a loop.
fn row_start(row: u32) -> u32 {
  return row * ROW_UNITS;
}

fn stored_at(unit: u32) -> vec4u {
  return weights[unit];
}

fn word_at(unit: u32, word: u32) -> u32 {
  return weights[unit][word];
}
