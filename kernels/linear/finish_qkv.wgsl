// Queries, keys and values: q and k are rotated by the token's position, k and v are written directly to the cache.
//
// Rows are counted so that the two features that rotate together (i and i + head_dim / 2) are adjacent, wherever they
// are stored (places_*): row 2·(head · HALF + i) and the next; heads count through q, k and v. If the cache has
// mirrors, ROWS is 8 and divides head_dim: four adjacent values of either half of a head are computed together.
// gives: finish
// needs: FIRST_ROW, ROWS, ROW_COUNT, batch, bias_of, keep_in_cache
const HEADS = 4u;    // query heads
const KV_HEADS = 2u; // key and value heads
const HALF = 8u;     // head_dim / 2
const STRIDE = 16u;  // floats per head in q and in the cache: head_dim rounded up to 4

@group(0) @binding(3) var<storage, read_write> q: array<f32>; // [tokens, HEADS, STRIDE], f32
@group(0) @binding(6) var<storage, read_write> keys: array<f32>; // [slots, KV_HEADS, capacity, STRIDE], f32
@group(0) @binding(7) var<storage, read_write> values: array<f32>; // [slots, KV_HEADS, capacity, STRIDE], f32
@group(0) @binding(8) var<storage, read> rotations: array<vec2f>; // [positions, HALF] cos and sin, f32

fn finish(row: u32, token: u32, sums: array<f32, ROWS>) {
  let place = batch.rows[token]; // token id, slot, cache position, rotary position
  var lower: vec4f;
  var upper: vec4f;
  for (var pair = 0u; pair < ROWS / 2u; pair++) { // unroll
    let r = 2u * pair;
    if (row + r < ROW_COUNT) {
      let at = FIRST_ROW + row + r;
      let head = at / (2u * HALF);
      let i = at / 2u % HALF;
      let a = sums[2u * pair] + bias_of(at);
      let b = sums[2u * pair + 1u] + bias_of(at + 1u);
      if (head >= HEADS + KV_HEADS) {
        let to = ((place.y * KV_HEADS + head - HEADS - KV_HEADS) * batch.capacity + place.z) * STRIDE + i;
        values[to] = a;
        values[to + HALF] = b;
        lower[pair] = a;
        upper[pair] = b;
      } else {
        let turn = rotations[place.w * HALF + i];
        let first = a * turn.x - b * turn.y;
        let second = b * turn.x + a * turn.y;
        if (head < HEADS) {
          let to = (token * HEADS + head) * STRIDE + i;
          q[to] = first;
          q[to + HALF] = second;
        } else {
          let to = ((place.y * KV_HEADS + head - HEADS) * batch.capacity + place.z) * STRIDE + i;
          keys[to] = first;
          keys[to + HALF] = second;
          lower[pair] = first;
          upper[pair] = second;
        }
      }
    }
  }
  let head = (FIRST_ROW + row) / (2u * HALF);
  if (row < ROW_COUNT && head >= HEADS) {
    let kind = (head - HEADS) / KV_HEADS; // keys, then values
    let strip = place.y * KV_HEADS + (head - HEADS) % KV_HEADS;
    let unit = (FIRST_ROW + row) / 2u % HALF / 4u;
    keep_in_cache(kind, strip, place.z, unit, lower);
    keep_in_cache(kind, strip, place.z, unit + HALF / 4u, upper);
  }
}
