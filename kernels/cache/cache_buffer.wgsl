// Reads keys and values from the cache's buffers. A strip is one key head of one slot.
// gives: key_at, value_at
// needs: VECS, batch
@group(0) @binding(1) var<storage, read> keys: array<vec4f>; // [slots, KV_HEADS, capacity, VECS], f32
@group(0) @binding(3) var<storage, read> values: array<vec4f>; // [slots, KV_HEADS, capacity, VECS], f32

fn key_at(strip: u32, position: u32, v: u32) -> vec4f {
  return keys[(strip * batch.capacity + position) * VECS + v];
}

fn value_at(strip: u32, position: u32, v: u32) -> vec4f {
  return values[(strip * batch.capacity + position) * VECS + v];
}
