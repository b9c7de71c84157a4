// Rows of a matrix are stored in order.
// gives: place_of
fn place_of(row: u32) -> u32 {
  return row;
}
