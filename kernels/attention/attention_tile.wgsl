// Inputs and outputs of an attention workgroup: TILE adjacent tokens of one sequence and GROUP query heads that share
// a key head, QUERIES = TILE · GROUP queries in total; SPLIT keys each, if the keys are split along z.
// gives: FIRST_HEAD, GROUP, QUERIES, SCALE, SPLIT, TILE, give_split, q, strip_of, tiles
// needs: HEADS, VECS, give
const KV_HEADS = 2u;   // key heads of this share of the cache
const KEY_GROUP = 2u;  // query heads per key head
const FIRST_HEAD = 0u; // first query head of this share
const GROUP = 2u;     // query heads of one key head processed together
const TILE = 1u;      // tokens processed together
const QUERIES = TILE * GROUP;
const SPLIT = 256u;   // keys per workgroup along z, a multiple of KEYS
const SCALE = 0.25;   // 1 / sqrt(head_dim)

@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [tokens, HEADS, VECS], f32
@group(0) @binding(4) var<storage, read> tiles: array<vec2u>; // first token of a tile, number of tokens
@group(0) @binding(6) var<storage, read_write> partial: array<vec4f>; // [tokens, HEADS, splits, 1 + VECS]: max and sum, values

// The strip that a workgroup's query heads read.
fn strip_of(slot: u32, group: u32) -> u32 {
  return slot * KV_HEADS + group * GROUP / KEY_GROUP;
}

// Stores a vec4 of one split's sum: the result if it is the only split, else a partial result for attention_combine.
fn give_split(token: u32, head: u32, v: u32, value: vec4f, top: f32, sum: f32, split: u32, splits: u32) {
  if (splits == 1u) {
    give(token, head, v, value / sum);
  } else {
    let to = ((token * HEADS + head) * splits + split) * (1u + VECS);
    if (v == 0u) { partial[to] = vec4f(top, sum, 0.0, 0.0); }
    partial[to + 1u + v] = value;
  }
}
