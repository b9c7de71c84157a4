// cache[to] = cache[from]: copies positions [first, end) of cache slots to other slots, for beam search. A thread
// copies four words, 256 apart; a workgroup 1,024 of them, as 65,535 workgroups of fewer would not reach 131,072
// positions. No slot is both a source and a target, so the result does not depend on the order.
// gives: main
const KV_HEADS = 2u;
const ROW_WORDS = 16u; // words per position of a head
const WORDS = 4u;      // words per thread

struct Moves {
  first: u32,
  end: u32,
  capacity: u32, // positions per slot
  unused: u32,
  pairs: array<vec2u>, // source, target
}

@group(0) @binding(0) var<storage, read> moves: Moves;
@group(0) @binding(1) var<storage, read_write> cache: array<u32>; // [slots, KV_HEADS, capacity, ROW_WORDS], any

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let pair = moves.pairs[group.z];
  let strip = moves.capacity * ROW_WORDS;
  let source = (pair.x * KV_HEADS + group.y) * strip + moves.first * ROW_WORDS;
  let goal = (pair.y * KV_HEADS + group.y) * strip + moves.first * ROW_WORDS;
  let count = (moves.end - moves.first) * ROW_WORDS;
  for (var w = 0u; w < WORDS; w++) { // unroll
    let i = (group.x * WORDS + w) * 256u + thread;
    if (i < count) { cache[goal + i] = cache[source + i]; }
  }
}
