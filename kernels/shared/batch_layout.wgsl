// The rows of a forward: one a token. Shared by every kernel that must know whose token it works on.
// gives: Batch
struct Batch {
  count: u32,       // rows in this forward
  capacity: u32,    // positions a cache slot holds
  key_count: u32,   // positions that an explicit mask spans
  mask_stride: u32, // floats from one mask row to the next
  rows: array<vec4u>, // token id, cache slot, position in the cache, position for the rotary embedding
}
