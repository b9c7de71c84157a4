// The rows of a forward: one per token. Shared by every kernel that needs a token's sequence.
// gives: Batch
struct Batch {
  count: u32,       // rows in this forward
  capacity: u32,    // positions per cache slot
  key_count: u32,   // positions that the rows attend to; an explicit mask spans them
  mask_stride: u32, // stride between mask rows, in floats
  rows: array<vec4u>, // token id, cache slot, position in the cache, position for the rotary embedding
}
