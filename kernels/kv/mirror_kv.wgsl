// mirror[position] = cache[position]: the first positions of a slot, after they were written to the cache by
// something other than a forward. The batch has one row per position; the first names the slot. A thread copies one
// vec4 of the keys and one of the values.
// gives: main, VECS
// needs: batch, key_at, key_scale, strip_base, value_at, value_scale
const KV_HEADS = 2u;
const VECS = 4u;   // vec4s per head
const TEXELS = 4u; // texels per position: VECS, and one for a scale if there is one

@group(0) @binding(9) var key_mirror: texture_storage_2d_array<rgba32float, write>; // [slots · KV_HEADS, capacity, TEXELS], f32
@group(0) @binding(11) var value_mirror: texture_storage_2d_array<rgba32float, write>; // [slots · KV_HEADS, capacity, TEXELS], f32

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= batch.count * TEXELS) { return; }
  let strip = batch.rows[0u].y * KV_HEADS + id.y;
  let base = strip_base(strip);
  let position = id.x / TEXELS;
  let v = id.x % TEXELS;
  var key = vec4f(key_scale(base, position));
  var value = vec4f(value_scale(base, position));
  if (v < VECS) {
    key = key_at(base, position, v);
    value = value_at(base, position, v);
  }
  textureStore(key_mirror, vec2u(v, position), strip, key);
  textureStore(value_mirror, vec2u(v, position), strip, value);
}
