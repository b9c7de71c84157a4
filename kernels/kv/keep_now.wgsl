// Keys and values go from the linear map directly to the cache.
// gives: keep_halves
// needs: HALF, KV_HEADS, Pairs, batch, keep, keep_in_mirror
fn keep_halves(token: u32, kind: u32, head: u32, i: u32, lower: Pairs, upper: Pairs) {
  let row = batch.rows[token];
  let strip = row.y * KV_HEADS + head;
  keep(kind, strip, row.z, i, lower);
  keep(kind, strip, row.z, i + HALF, upper);
  keep_in_mirror(kind, strip, row.z, i, lower);
  keep_in_mirror(kind, strip, row.z, i + HALF, upper);
}
