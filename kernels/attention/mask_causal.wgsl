// A token attends to its own position and all before it.
// gives: ABSENT, key_end, last_key, masked
// needs: batch
const ABSENT = -3.4028234e38; // an absent key: its weight is exactly zero

fn key_end(last_token: u32) -> u32 {
  return batch.rows[last_token].z + 1u;
}

// The last key visible to a token; computed once, as loading it for every key costs more than the rest of its score.
fn last_key(token: u32) -> u32 {
  return batch.rows[token].z;
}

fn masked(score: f32, token: u32, last: u32, key: u32, end: u32) -> f32 {
  return select(ABSENT, score, key < end && key <= last);
}
