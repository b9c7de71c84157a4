// cache[position] = the keys and values that keep_later collected. A workgroup stores one head of one token, so that
// it knows the head's largest number, from which the scale of 8 bits follows. Part of the forward if the linear map
// itself cannot write the cache: in 8 bits, in 16 bits with an odd half of a head, or in several buffers.
// gives: main, PAIRS, Pairs, STRIDE
// needs: as_kept, batch, keep, keep_in_mirror, keep_scale
const KV_HEADS = 2u;   // key heads of the model
const FIRST_HEAD = 0u; // first key head of this part of the cache
const PART_HEADS = 2u; // key heads of this part
const STRIDE = 16u;    // floats per head: head_dim rounded up to 4
const THREADS = 32u;
const PAIRS = 4u;      // numbers kept together

alias Pairs = array<f32, PAIRS>;

@group(0) @binding(0) var<storage, read> fresh: array<vec4f>; // [tokens, keys and values, KV_HEADS, STRIDE / 4], f32

var<workgroup> sizes: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let token = group.y;
  let kind = group.x / PART_HEADS;
  let head = group.x % PART_HEADS;
  let source = ((token * 2u + kind) * KV_HEADS + FIRST_HEAD + head) * (STRIDE / 4u);
  // As bits without the sign, NaN is the largest of all.
  var size = 0u;
  for (var v = thread; v < STRIDE / 4u; v += THREADS) {
    let bits = bitcast<vec4u>(fresh[source + v]) & vec4u(0x7fffffffu);
    size = max(size, max(max(bits.x, bits.y), max(bits.z, bits.w)));
  }
  sizes[thread] = size;
  workgroupBarrier();
  for (var i = 0u; i < THREADS; i++) { size = max(size, sizes[i]); }
  let row = batch.rows[token];
  let strip = row.y * PART_HEADS + head;
  let factor = keep_scale(kind, strip, row.z, bitcast<f32>(size));
  for (var v = thread; v < STRIDE / 4u; v += THREADS) {
    let x = fresh[source + v] * factor;
    let numbers = Pairs(as_kept(x.x), as_kept(x.y), as_kept(x.z), as_kept(x.w));
    keep(kind, strip, row.z, 4u * v, numbers);
    keep_in_mirror(kind, strip, row.z, 4u * v, numbers);
  }
}
