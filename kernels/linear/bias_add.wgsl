// One bias per row.
// gives: bias_of
@group(0) @binding(5) var<storage, read> bias: array<f32>; // [rows of the whole matrix], f32

fn bias_of(row: u32) -> f32 {
  return bias[row];
}
