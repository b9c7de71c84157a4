// Iterates over the columns of a matrix of floats on GPUs. Lanes take eight columns at a time, round-robin; their
// partial sums are reduced over the team at the end. The weights of AHEAD turns are loaded before any is used, as a
// load takes longer than many products. A token's inputs follow: registers hold those of one token only.
// gives: walk
// needs: Block, COLS, LANES, NORMED, ROWS, ROW_COUNT, Squares, Sums, add_dot, input, known_tokens, norm_weight,
//   place_of, weight_block
const BLOCKS = 8u; // columns / 8, rounded up
const AHEAD = 2u;  // turns of a lane whose weights are loaded together

fn walk(thread: u32, row: u32, token: u32, sums: ptr<function, Sums>, squares: ptr<function, Squares>) {
  let known = known_tokens(token);
  var places: array<u32, ROWS>;
  for (var r = 0u; r < ROWS; r++) { // unroll
    places[r] = place_of(min(row + r, ROW_COUNT - 1u));
  }
  for (var first = thread % LANES; first < BLOCKS; first += AHEAD * LANES) {
    var w: array<array<Block, ROWS>, AHEAD>;
    for (var turn = 0u; turn < AHEAD; turn++) { // unroll
      for (var r = 0u; r < ROWS; r++) { // unroll
        w[turn][r] = weight_block(places[r], min(first + turn * LANES, BLOCKS - 1u));
      }
    }
    for (var turn = 0u; turn < AHEAD; turn++) { // unroll
      let b = min(first + turn * LANES, BLOCKS - 1u);
      // Selected, not branched on: compilers would move the loads of weights behind the branch.
      let real = BLOCKS % (AHEAD * LANES) == 0u || turn == 0u || first + turn * LANES < BLOCKS;
      let g_lo = norm_weight(2u * b);
      let g_hi = norm_weight(2u * b + 1u);
      for (var c = 0u; c < COLS; c++) { // unroll
        let x_lo = select(vec4f(), input(known[c], 2u * b), real);
        let x_hi = select(vec4f(), input(known[c], 2u * b + 1u), real);
        if (NORMED) { (*squares)[c] += dot(x_lo, x_lo) + dot(x_hi, x_hi); }
        let lo = x_lo * g_lo;
        let hi = x_hi * g_hi;
        for (var r = 0u; r < ROWS; r++) { // unroll
          (*sums)[r * COLS + c] = add_dot(add_dot((*sums)[r * COLS + c], w[turn][r].lo, lo), w[turn][r].hi, hi);
        }
      }
    }
  }
}
