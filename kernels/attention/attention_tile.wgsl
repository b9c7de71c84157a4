// Queries of an attention workgroup: TILE adjacent tokens of one sequence and GROUP query heads that share a key head,
// QUERIES = TILE · GROUP queries in total.
// gives: FIRST_HEAD, GROUP, QUERIES, SCALE, TILE, q, strip_of, tiles
const KV_HEADS = 2u;   // key heads of this share of the cache
const KEY_GROUP = 2u;  // query heads per key head
const FIRST_HEAD = 0u; // first query head of this share
const GROUP = 2u;     // query heads of one key head processed together
const TILE = 1u;      // tokens processed together
const QUERIES = TILE * GROUP;
const SCALE = 0.25;   // 1 / sqrt(head_dim)

@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [tokens, HEADS, VECS], f32
@group(0) @binding(4) var<storage, read> tiles: array<vec2u>; // first token of a tile, number of tokens

// The strip that a workgroup's query heads read.
fn strip_of(slot: u32, group: u32) -> u32 {
  return slot * KV_HEADS + group * GROUP / KEY_GROUP;
}
