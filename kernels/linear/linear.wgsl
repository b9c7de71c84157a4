// y = finish(W · norm(x)) for every row of the batch.
//
// A team of LANES threads computes ROWS × COLS results: it walks over the columns (walk_*), and what its lanes have
// summed up is summed at the end. The order of a sum depends on nothing but the matrix, so a token's result is the same
// to the bit whatever its neighbours in the batch. Serves decoding (COLS = 1), batches and prompts.
// gives: main, COLS, FIRST_ROW, LANES, ROWS, ROW_COUNT, Squares, Sums, THREADS, TokenSums, known_tokens
// needs: batch, finish, norm_scale, team_sums, walk
const ROWS = 4u;      // matrix rows a team
const COLS = 1u;      // tokens a team
const LANES = 8u;     // threads a team
const THREADS = 64u;  // threads a workgroup
const ROW_COUNT = 64u; // rows of this part of the matrix
const FIRST_ROW = 0u; // its first row in the whole matrix

alias Sums = array<f32, ROWS * COLS>;
alias Squares = array<f32, COLS>;
alias Tokens = array<u32, COLS>;
alias TokenSums = array<f32, ROWS + 1u>; // of one token: its rows, and its squares

// The tokens of a team; where the batch ends before, its last one again.
fn known_tokens(token: u32) -> Tokens {
  var known: Tokens;
  for (var c = 0u; c < COLS; c++) { // unroll
    known[c] = min(token + c, batch.count - 1u);
  }
  return known;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let lane = thread % LANES;
  let row = ((group.y * 65535u + group.x) * (THREADS / LANES) + thread / LANES) * ROWS;
  let token = group.z * COLS;
  var sums: Sums;
  var squares: Squares; // of x, for its norm
  walk(thread, row, token, &sums, &squares);
  var totals: Sums;
  for (var c = 0u; c < COLS; c++) { // unroll
    var own: TokenSums;
    for (var r = 0u; r < ROWS; r++) { // unroll
      own[r] = sums[r * COLS + c];
    }
    own[ROWS] = squares[c];
    team_sums(&own, thread);
    let scale = norm_scale(own[ROWS]);
    for (var r = 0u; r < ROWS; r++) { // unroll
      totals[r * COLS + c] = own[r] * scale;
    }
  }
  // Not to be unrolled, by drivers neither: finishing runs once, and is most of the code that is to be compiled.
  let left = batch.count - token;
  let count = COLS + left - max(COLS, left); // the smaller one, in words that say no bound
  for (var c = 0u; c < count; c++) {
    var results: array<f32, ROWS>;
    for (var r = 0u; r < ROWS; r++) { // unroll
      results[r] = totals[r * COLS + c];
    }
    if (lane == 0u && row < ROW_COUNT) {
      finish(row, token + c, results);
    }
  }
}
