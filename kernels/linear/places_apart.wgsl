// Rows 2 i and 2 i + 1, which are needed together, are stored APART rows apart: those of gate and up, or the halves
// of a head. A checkpoint's tensors are thus stored in the matrix one after another as in the file, and loading
// reorders no rows.
// gives: place_of
const APART = 8u;

fn place_of(row: u32) -> u32 {
  let pair = row / 2u;
  return pair + (pair / APART + row % 2u) * APART;
}
