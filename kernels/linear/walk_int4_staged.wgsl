// Iterates over the columns of a matrix in 4 bits on GPUs. Lanes take units of 32 columns round-robin, and their
// partial sums are reduced over the team at the end. The inputs of LANES units are staged in workgroup memory:
// neighbours load them, multiply them with the norm's weights and sum them, once for all teams, and lanes read adjacent
// vec4s. Weights are loaded before the barriers: they arrive while inputs are staged.
//
// The order of a sum depends on LANES only, so it is the same for any COLS and THREADS.
// gives: walk
// needs: CODE_UNITS, COLS, GROUP_UNITS, Inputs, LANES, NORMED, PLACES, ROWS, ROW_COUNT, Squares, Sums, THREADS, Units,
//   Words, X_VECS, add_dot, add_group, add_products, batch, codes, column_gain, column_input, place, row_start,
//   stored_at, sum4, word_at
const STAGED = 8u;      // vec4s of a unit staged at once, so that the inputs of all tokens fit: 2, 4 or 8
const STAGE_TURNS = 1u; // pairs of vec4s that a thread stages at once, rounded up

const LINE = LANES + 1u; // one is left out: neighbours that store the vec4s of a unit store to different banks
const STEP_PAIRS = STAGED / 2u;
const STEPS = 8u / STAGED;
const STAGED_LINES = STEP_PAIRS * COLS;
const SHARES = STAGED_LINES * LANES;

alias Line = array<vec4f, LINE>;
alias SumLine = array<f32, LINE>;

var<workgroup> staged_x: array<array<Line, 2>, STAGED_LINES>; // [token and pair, vec4, unit]
var<workgroup> staged_sums: array<SumLine, STAGED_LINES>;     // of pairs, [token and pair, unit]

// A pair of vec4s that a thread stages, of every LANES units.
struct Share { line: u32, unit: u32, vec: u32, token: u32 }

fn share_of(i: u32, token: u32) -> Share {
  let c = i / STEP_PAIRS / LANES;
  let pair = i % STEP_PAIRS;
  let unit = i / STEP_PAIRS % LANES;
  return Share(c * STEP_PAIRS + pair, unit, unit * 8u + pair * 2u, min(token + c, batch.count - 1u));
}

fn is_share(i: u32) -> bool {
  return SHARES % THREADS == 0u || i < SHARES;
}

// Stages a pair, `first` vec4s further, zeros after the last column; returns `squares` and the sum of its squares.
fn stage(own: Share, first: u32, squares: f32) -> f32 {
  var sum = 0.0;
  var all_squares = squares;
  for (var v = 0u; v < 2u; v++) { // unroll
    let vec = own.vec + first + v;
    var x = column_input(own.token, min(vec, X_VECS - 1u));
    if (X_VECS % (8u * LANES) != 0u) { x = select(vec4f(), x, vec < X_VECS); }
    let value = x * column_gain(min(vec, X_VECS - 1u));
    sum += sum4(value);
    if (NORMED) { all_squares = add_dot(all_squares, x, x); }
    staged_x[own.line][v][own.unit] = value * place((2u % PLACES) * (vec / 2u) + v);
  }
  staged_sums[own.line][own.unit] = sum;
  return all_squares;
}

fn walk(thread: u32, row: u32, token: u32, sums: ptr<function, Sums>, squares: ptr<function, Squares>) {
  let lane = thread % LANES;
  // Rows of a whole team are at distances that compilers know; other teams repeat the last row.
  let first_row = min(row, (ROW_COUNT - 1u) / ROWS * ROWS);
  let start = row_start(first_row);
  var below: array<u32, ROWS>;
  for (var r = 0u; r < ROWS; r++) { // unroll
    below[r] = row_start(r);
    if (ROW_COUNT % ROWS != 0u) { below[r] = row_start(min(r, ROW_COUNT - 1u - first_row)); }
  }
  var shares: array<Share, STAGE_TURNS>;
  for (var turn = 0u; turn < STAGE_TURNS; turn++) { // unroll
    shares[turn] = share_of(turn * THREADS + thread, token);
  }
  var own_squares: array<array<f32, STAGE_TURNS>, STEPS>;
  for (var first = 0u; first < CODE_UNITS; first += LANES) {
    let unit = min(first + lane, CODE_UNITS - 1u);
    let group = unit / GROUP_UNITS;
    var units: Units;
    var words: Words;
    for (var r = 0u; r < ROWS; r++) { // unroll
      units[r] = stored_at(start + unit + below[r]);
      words[r] = word_at(start + CODE_UNITS + group / 4u + below[r], group % 4u);
    }
    // Assigned explicitly: naga does not zero variables declared in a loop.
    var parts = Sums();
    var totals = Squares();
    for (var step = 0u; step < STEPS; step++) { // unroll
      workgroupBarrier();
      for (var turn = 0u; turn < STAGE_TURNS; turn++) { // unroll
        if (is_share(turn * THREADS + thread)) {
          own_squares[step][turn] = stage(shares[turn], first * 8u + step * STAGED, own_squares[step][turn]);
        }
      }
      workgroupBarrier();
      for (var pair = 0u; pair < STEP_PAIRS; pair++) { // unroll
        for (var c = 0u; c < COLS; c++) { // unroll
          totals[c] += staged_sums[c * STEP_PAIRS + pair][lane];
        }
        for (var v = 0u; v < 2u; v++) { // unroll
          // Registers hold codes of all rows or inputs of all tokens, whichever are fewer.
          if (COLS > ROWS) {
            var q: array<vec4f, ROWS>;
            for (var r = 0u; r < ROWS; r++) { // unroll
              q[r] = codes(units[r], step * STAGED + pair * 2u + v);
            }
            for (var c = 0u; c < COLS; c++) { // unroll
              let x = staged_x[c * STEP_PAIRS + pair][v][lane];
              for (var r = 0u; r < ROWS; r++) { // unroll
                parts[r * COLS + c] = add_dot(parts[r * COLS + c], q[r], x);
              }
            }
          } else {
            var xs: Inputs;
            for (var c = 0u; c < COLS; c++) { // unroll
              xs[c] = staged_x[c * STEP_PAIRS + pair][v][lane];
            }
            add_products(&units, step * STAGED + pair * 2u + v, &xs, &parts);
          }
        }
      }
    }
    add_group(words, parts, totals, sums);
  }
  if (NORMED) {
    for (var step = 0u; step < STEPS; step++) { // unroll
      workgroupBarrier();
      for (var turn = 0u; turn < STAGE_TURNS; turn++) { // unroll
        if (is_share(turn * THREADS + thread)) {
          staged_sums[shares[turn].line][shares[turn].unit] = own_squares[step][turn];
        }
      }
      workgroupBarrier();
      for (var pair = 0u; pair < STEP_PAIRS; pair++) { // unroll
        for (var c = 0u; c < COLS; c++) { // unroll
          (*squares)[c] += staged_sums[c * STEP_PAIRS + pair][lane];
        }
      }
    }
  }
}
