// Keys and values go from the linear map directly to the cache.
// gives: keep_halves
// needs: HALF, KV_HEADS, PAIRS, Pairs, as_kept, batch, keep, keep_in_mirror
fn keep_halves(token: u32, kind: u32, head: u32, i: u32, lower: Pairs, upper: Pairs) {
  let row = batch.rows[token];
  let strip = row.y * KV_HEADS + head;
  var low: Pairs;
  var high: Pairs;
  for (var p = 0u; p < PAIRS; p++) { // unroll
    low[p] = as_kept(lower[p]);
    high[p] = as_kept(upper[p]);
  }
  keep(kind, strip, row.z, i, low);
  keep(kind, strip, row.z, i + HALF, high);
  keep_in_mirror(kind, strip, row.z, i, low);
  keep_in_mirror(kind, strip, row.z, i + HALF, high);
}
