// Queries, keys and values: q and k are rotated by the token's position; k and v are kept.
//
// Rows are counted so that the two features that rotate together (i and i + head_dim / 2) are adjacent, wherever they
// are stored (places_*): row 2·(head · HALF + i) and the next; heads count through q, k and v. PAIRS adjacent pairs are
// kept together: two if two numbers share a word of the cache, four if a vec4 of its mirrors is written.
// gives: finish, HALF, KV_HEADS, PAIRS, Pairs, STRIDE
// needs: FIRST_ROW, ROWS, ROW_COUNT, batch, bias_of, keep_halves
const HEADS = 4u;    // query heads
const KV_HEADS = 2u; // key and value heads
const HALF = 8u;     // head_dim / 2
const STRIDE = 16u;  // floats per head in q: head_dim rounded up to 4
const PAIRS = 1u;    // divides ROWS / 2 and HALF

alias Pairs = array<f32, PAIRS>;

@group(0) @binding(3) var<storage, read_write> q: array<f32>; // [tokens, HEADS, STRIDE], f32
@group(0) @binding(8) var<storage, read> rotations: array<vec2f>; // [positions, HALF] cos and sin, f32

fn finish(row: u32, token: u32, sums: array<f32, ROWS>) {
  let position = batch.rows[token].w;
  for (var g = 0u; g < ROWS / 2u / PAIRS; g++) { // unroll
    if (row + 2u * PAIRS * g < ROW_COUNT) {
      let at = FIRST_ROW + row + 2u * PAIRS * g;
      let head = at / (2u * HALF);
      let i = at / 2u % HALF;
      var lower: Pairs;
      var upper: Pairs;
      for (var p = 0u; p < PAIRS; p++) { // unroll
        let a = sums[2u * PAIRS * g + 2u * p] + bias_of(at + 2u * p);
        let b = sums[2u * PAIRS * g + 2u * p + 1u] + bias_of(at + 2u * p + 1u);
        lower[p] = a;
        upper[p] = b;
        if (head < HEADS + KV_HEADS) {
          let turn = rotations[position * HALF + i + p];
          lower[p] = a * turn.x - b * turn.y;
          upper[p] = b * turn.x + a * turn.y;
        }
      }
      if (head < HEADS) {
        let to = (token * HEADS + head) * STRIDE + i;
        for (var p = 0u; p < PAIRS; p++) { // unroll
          q[to + p] = lower[p];
          q[to + HALF + p] = upper[p];
        }
      } else {
        keep_halves(token, (head - HEADS) / KV_HEADS, (head - HEADS) % KV_HEADS, i, lower, upper);
      }
    }
  }
}
