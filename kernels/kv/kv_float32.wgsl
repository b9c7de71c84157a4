// Reads keys and values in float32 from the cache's buffers, four adjacent numbers of a head at a time. A strip is one
// key head of one slot; its base is computed once, before a loop over positions.
// gives: key_at, strip_base, value_at
// needs: VECS, batch
@group(0) @binding(1) var<storage, read> keys: array<vec4f>; // [slots, KV_HEADS, capacity, VECS], f32
@group(0) @binding(3) var<storage, read> values: array<vec4f>; // [slots, KV_HEADS, capacity, VECS], f32

fn strip_base(strip: u32) -> u32 {
  return strip * batch.capacity;
}

fn key_at(base: u32, position: u32, v: u32) -> vec4f {
  return keys[(base + position) * VECS + v];
}

fn value_at(base: u32, position: u32, v: u32) -> vec4f {
  return values[(base + position) * VECS + v];
}
