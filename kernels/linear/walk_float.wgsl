// Iterates over the columns of a matrix of floats. Lanes take eight columns at a time, round-robin; their partial sums are
// reduced over the team at the end.
//
// Lost (lavapipe): vec4 accumulators (four times the registers, 10 % slower); ROWS = 2 (x is loaded more often, 15 %
// slower); ROWS = 16 (4 % faster, three times the compile time); x and weights from buffers (Mesa 22.3 loads those
// lane by lane in a loop: nine times slower than from textures).
// gives: walk
// needs: COLS, LANES, ROWS, ROW_COUNT, Squares, Sums, add_dot, input, known_tokens, norm_weight, place_of,
//   weight_block
const BLOCKS = 8u; // columns / 8, rounded up

fn walk(thread: u32, row: u32, token: u32, sums: ptr<function, Sums>, squares: ptr<function, Squares>) {
  let known = known_tokens(token);
  var places: array<u32, ROWS>;
  for (var r = 0u; r < ROWS; r++) { // unroll
    places[r] = place_of(min(row + r, ROW_COUNT - 1u));
  }
  for (var b = thread % LANES; b < BLOCKS; b += LANES) {
    let g_lo = norm_weight(2u * b);
    let g_hi = norm_weight(2u * b + 1u);
    var lo: array<vec4f, COLS>;
    var hi: array<vec4f, COLS>;
    for (var c = 0u; c < COLS; c++) { // unroll
      let x_lo = input(known[c], 2u * b);
      let x_hi = input(known[c], 2u * b + 1u);
      (*squares)[c] += dot(x_lo, x_lo) + dot(x_hi, x_hi);
      lo[c] = x_lo * g_lo;
      hi[c] = x_hi * g_hi;
    }
    for (var r = 0u; r < ROWS; r++) { // unroll
      let w = weight_block(places[r], b);
      for (var c = 0u; c < COLS; c++) { // unroll
        (*sums)[r * COLS + c] = add_dot(add_dot((*sums)[r * COLS + c], w.lo, lo[c]), w.hi, hi[c]);
      }
    }
  }
}
