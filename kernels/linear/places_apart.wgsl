// Rows 2 i and 2 i + 1, which are needed together, stand APART from each other: gate's and up's, or the halves of a head.
// So a checkpoint's tensors lie in the matrix one behind another as they are in the file, and nothing sorts their rows
// while loading.
// gives: place_of
const APART = 8u;

fn place_of(row: u32) -> u32 {
  let pair = row / 2u;
  return pair + (pair / APART + row % 2u) * APART;
}
