// x = E[token]: one row of the embedding table per token, widened to float32. A thread copies one block of 8. If the
// table is split, each part writes the tokens that it holds.
// gives: main, FIRST_ROW, ROW_COUNT
// needs: batch, mirror, weight_block
const BLOCKS = 8u;     // columns / 8, rounded up
const ROW_COUNT = 64u; // rows of this part of the table
const FIRST_ROW = 0u;  // index of its first row in the whole table

@group(0) @binding(1) var<storage, read_write> x: array<vec4f>; // [tokens, columns padded to 8], f32

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= BLOCKS || id.y >= batch.count) { return; }
  let row = batch.rows[id.y].x - FIRST_ROW; // wraps below FIRST_ROW and fails the test
  if (row >= ROW_COUNT) { return; }
  let block = weight_block(row, id.x);
  let at = (id.y * BLOCKS + id.x) * 2u;
  x[at] = block.lo;
  x[at + 1u] = block.hi;
  mirror(id.y, 2u * id.x, block.lo);
  mirror(id.y, 2u * id.x + 1u, block.hi);
}
