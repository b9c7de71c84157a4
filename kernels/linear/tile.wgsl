// y = finish(W · norm(x)) for many tokens at once: prompts on GPUs, see linear for everything else.
//
// A workgroup computes a tile of TILE_ROWS × TILE_TOKENS results. Sixteen columns at a time, its threads together
// load the tile's weights, as float32, and inputs, times the norm's weights, into workgroup memory; then each
// multiplies ROWS adjacent rows with COLS tokens in registers. A weight is read from memory once for TILE_TOKENS
// tokens, an input once for TILE_ROWS rows, and both from workgroup memory 16 bytes per load, 4 · ROWS · COLS
// products for ROWS + COLS loads. A result is summed over the columns in order, whatever the tile and the token's
// place in it: bit-identical in any batch. The RMS of x is computed along the way, see norm_rms.
//
// Adjacent threads have adjacent rows, and read adjacent vec4s. Eight threads (a phase of a 16-byte access) write to
// eight different vec4s of a 128-byte line of banks: the unused vec4s ensure this. Concurrent workgroups differ in
// their tokens first, so that they find each other's weights in a cache.
//
// With PREFETCH registers hold the next sixteen columns before the products of the staged ones: loads arrive meanwhile.
//
// Not measured on a GPU yet. Left out: operands in float16 (x would lose the 1e-3).
// gives: main, COLS, FIRST_ROW, ROWS, ROW_COUNT, Squares, THREADS
// needs: Block, NORMED, add_dot, batch, column_gain, column_input, finish, norm_scale, place_of, weight_block
const ROWS = 8u;           // adjacent rows per thread
const COLS = 4u;           // tokens per thread, TOKEN_THREADS apart
const THREADS = 128u;      // threads per workgroup
const ROW_THREADS = 8u;    // threads side by side in rows
const BLOCKS = 8u;         // columns / 8, rounded up
const ROW_COUNT = 64u;     // rows of this part of the matrix
const FIRST_ROW = 0u;      // index of its first row in the whole matrix
const PREFETCH = true;     // loads sixteen columns ahead

const TOKEN_THREADS = THREADS / ROW_THREADS;
const TILE_ROWS = ROWS * ROW_THREADS;
const TILE_TOKENS = COLS * TOKEN_THREADS;
const STEP_BLOCKS = 2u; // blocks of eight columns staged at once
const STEP_VECS = 4u;   // the same in vec4s
const STAGED_BLOCKS = TILE_ROWS * STEP_BLOCKS / THREADS; // per thread
const STAGED_VECS = TILE_TOKENS * STEP_VECS / THREADS;   // per thread
const W_LINE = ROW_THREADS + 1u; // stride between a thread's rows, in vec4s

// Four columns, the rest pads.
struct StagedW { rows: array<array<vec4f, W_LINE>, ROWS>, unused: array<vec4f, 2> }        // [row of a thread, thread]
struct StagedX { tokens: array<array<vec4f, TOKEN_THREADS>, COLS>, unused: array<vec4f, 2> } // [token of a thread, thread]

var<workgroup> staged_w: array<StagedW, STEP_VECS>;
var<workgroup> staged_x: array<StagedX, STEP_VECS>;

alias Squares = array<f32, STAGED_VECS>;

// A thread's part of sixteen columns of the tile.
struct Loaded { weights: array<Block, STAGED_BLOCKS>, inputs: array<vec4f, STAGED_VECS> }

// Loads it, zeros for inputs after the last column.
fn load(step: u32, row: u32, token: u32, thread: u32, squares: ptr<function, Squares>) -> Loaded {
  var loaded: Loaded;
  for (var j = 0u; j < STAGED_BLOCKS; j++) { // unroll
    let i = j * THREADS + thread;
    let b = step * STEP_BLOCKS + i % STEP_BLOCKS;
    loaded.weights[j] = weight_block(place_of(min(row + i / STEP_BLOCKS, ROW_COUNT - 1u)), min(b, BLOCKS - 1u));
  }
  for (var j = 0u; j < STAGED_VECS; j++) { // unroll
    let i = j * THREADS + thread;
    let vec = step * STEP_VECS + i % STEP_VECS;
    let at = min(vec, 2u * BLOCKS - 1u);
    let x = select(vec4f(), column_input(min(token + i / STEP_VECS, batch.count - 1u), at), vec == at);
    if (NORMED) { (*squares)[j] = add_dot((*squares)[j], x, x); }
    loaded.inputs[j] = x * column_gain(at);
  }
  return loaded;
}

fn stage(loaded: Loaded, thread: u32) {
  for (var j = 0u; j < STAGED_BLOCKS; j++) { // unroll
    let i = j * THREADS + thread;
    let r = i / STEP_BLOCKS;
    let v = i % STEP_BLOCKS * 2u;
    staged_w[v].rows[r % ROWS][r / ROWS] = loaded.weights[j].lo;
    staged_w[v + 1u].rows[r % ROWS][r / ROWS] = loaded.weights[j].hi;
  }
  for (var j = 0u; j < STAGED_VECS; j++) { // unroll
    let i = j * THREADS + thread;
    let t = i / STEP_VECS;
    staged_x[i % STEP_VECS].tokens[t / TOKEN_THREADS][t % TOKEN_THREADS] = loaded.inputs[j];
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row_thread = thread % ROW_THREADS;
  let token_thread = thread / ROW_THREADS;
  let tile_row = (group.z * 65535u + group.y) * TILE_ROWS;
  let tile_token = group.x * TILE_TOKENS;
  var sums: array<f32, ROWS * COLS>;
  var squares: Squares; // of x, for its norm
  var next: Loaded;
  if (PREFETCH) { next = load(0u, tile_row, tile_token, thread, &squares); }
  for (var step = 0u; step * STEP_BLOCKS < BLOCKS; step++) {
    if (!PREFETCH) { next = load(step, tile_row, tile_token, thread, &squares); }
    workgroupBarrier();
    stage(next, thread);
    workgroupBarrier();
    if (PREFETCH) { next = load(step + 1u, tile_row, tile_token, thread, &squares); }
    // Not unrolled here: Intel's compiler would load all of it at once, and spill.
    for (var v = 0u; v < STEP_VECS; v++) {
      var x: array<vec4f, COLS>;
      for (var c = 0u; c < COLS; c++) { // unroll
        x[c] = staged_x[v].tokens[c][token_thread];
      }
      for (var r = 0u; r < ROWS; r++) { // unroll
        let w = staged_w[v].rows[r][row_thread];
        for (var c = 0u; c < COLS; c++) { // unroll
          sums[r * COLS + c] = add_dot(sums[r * COLS + c], w, x[c]);
        }
      }
    }
  }
  workgroupBarrier();
  for (var j = 0u; j < STAGED_VECS; j++) { // unroll
    let i = j * THREADS + thread;
    let t = i / STEP_VECS;
    staged_x[i % STEP_VECS].tokens[t / TOKEN_THREADS][t % TOKEN_THREADS].x = squares[j];
  }
  workgroupBarrier();
  let row = tile_row + row_thread * ROWS;
  // Not to be unrolled, nor by drivers: finishing runs once, and is most of the code to compile.
  let left = batch.count - min(batch.count, tile_token + token_thread);
  let own = (left + TOKEN_THREADS - 1u) / TOKEN_THREADS;
  let count = COLS + own - max(COLS, own); // the smaller one, phrased to imply no bound
  for (var c = 0u; c < count; c++) {
    let t = c * TOKEN_THREADS + token_thread;
    var square_sum = 0.0;
    for (var v = 0u; v < STEP_VECS; v++) { // unroll
      square_sum += staged_x[v].tokens[c][token_thread].x;
    }
    let scale = norm_scale(square_sum);
    var results: array<f32, ROWS>;
    for (var r = 0u; r < ROWS; r++) { // unroll
      // Selected, because a dynamic index would move all sums out of registers.
      var sum = sums[r * COLS];
      for (var k = 1u; k < COLS; k++) { // unroll
        sum = select(sum, sums[r * COLS + k], c == k);
      }
      results[r] = sum * scale;
    }
    if (row < ROW_COUNT) { finish(row, tile_token + t, results); }
  }
}
