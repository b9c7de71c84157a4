// Adds an explicit mask to the scores, as transformers' eager attention does: a fully masked row is uniform over all
// keys, not empty.
// gives: ABSENT, key_end, last_key, masked
// needs: batch
const ABSENT = -3.4028234e38; // beyond any masked score: a key past the end

@group(0) @binding(7) var<storage, read> mask: array<f32>; // [tokens, mask_stride], f32, added to the scores

fn key_end(last_token: u32) -> u32 {
  return batch.key_count;
}

fn last_key(token: u32) -> u32 {
  return batch.key_count;
}

fn masked(score: f32, token: u32, last: u32, key: u32, end: u32) -> f32 {
  if (key >= end) { return ABSENT; }
  // Clamped so that score + lowest float stays above ABSENT.
  return max(score + mask[token * batch.mask_stride + key], -3.4e38);
}
