// cache[to] = cache[from]: copies positions [first, end) of cache slots to other slots, for beam search. A thread
// copies one vec4; a workgroup 256 of them, as 65535 workgroups of 64 would not reach 131072 positions. No slot is
// both a source and a target, so the result does not depend on the order.
// gives: main
const KV_HEADS = 2u;
const VECS = 4u; // vec4s per head

struct Moves {
  first: u32,
  end: u32,
  capacity: u32, // positions per slot
  unused: u32,
  pairs: array<vec2u>, // source, target
}

@group(0) @binding(0) var<storage, read> moves: Moves;
@group(0) @binding(1) var<storage, read_write> cache: array<vec4f>; // [slots, KV_HEADS, capacity, VECS], f32

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= (moves.end - moves.first) * VECS) { return; }
  let pair = moves.pairs[id.z];
  let strip = moves.capacity * VECS;
  let place = moves.first * VECS + id.x;
  cache[(pair.y * KV_HEADS + id.y) * strip + place] = cache[(pair.x * KV_HEADS + id.y) * strip + place];
}
