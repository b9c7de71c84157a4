// y = finish(W · norm(x)) for every row of the batch.
//
// A team of LANES threads computes ROWS × COLS results: it iterates over the columns (walk_*), then reduces its
// lanes' partial sums. The order of a sum depends only on the matrix, so a token's result is bit-identical in any
// batch. Used for decoding (COLS = 1), batches and prompts.
// gives: main, COLS, FIRST_ROW, LANES, ROWS, ROW_COUNT, Squares, Sums, THREADS, TokenSums, known_tokens
// needs: batch, finish_tokens, norm_scale, team_sums, walk
const ROWS = 4u;      // matrix rows per team
const COLS = 1u;      // tokens per team
const LANES = 8u;     // threads per team
const THREADS = 64u;  // threads per workgroup
const ROW_COUNT = 64u; // rows of this part of the matrix
const FIRST_ROW = 0u; // index of its first row in the whole matrix

alias Sums = array<f32, ROWS * COLS>;
alias Squares = array<f32, COLS>;
alias Tokens = array<u32, COLS>;
alias TokenSums = array<f32, ROWS + 1u>; // of one token: its rows, and its sum of squares

// The tokens of a team; past the end of the batch, its last token again.
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
  finish_tokens(row, token, lane, &totals);
}
