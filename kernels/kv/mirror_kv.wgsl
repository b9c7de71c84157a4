// mirror[position] = cache[position]: the first positions of a slot, after they were written to the cache by
// something other than a forward. A thread copies one vec4.
// gives: main
const KV_HEADS = 2u;
const VECS = 4u; // vec4s per head

struct Stretch { slot: u32, length: u32, capacity: u32, unused: u32 }

@group(0) @binding(0) var<storage, read> stretch: Stretch;
@group(0) @binding(1) var<storage, read> cache: array<vec4f>; // [slots, KV_HEADS, capacity, VECS], f32
@group(0) @binding(2) var mirrored: texture_storage_2d_array<rgba32float, write>; // [slots · KV_HEADS, capacity, VECS], f32

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= stretch.length * VECS) { return; }
  let strip = stretch.slot * KV_HEADS + id.y;
  textureStore(mirrored, vec2u(id.x % VECS, id.x / VECS), strip, cache[strip * stretch.capacity * VECS + id.x]);
}
