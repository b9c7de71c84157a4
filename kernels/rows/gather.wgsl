// y[i] = x[index[i]]: gathers the tokens whose logits are requested. A thread copies one vec4.
// gives: main
// needs: mirror
const STRIDE4 = 16u; // vec4s per token

@group(0) @binding(0) var<storage, read> index: array<u32>; // [count, then the requested tokens]
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [tokens, STRIDE4], f32
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>; // [requested, STRIDE4], f32

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= STRIDE4 || id.y >= index[0]) { return; }
  let value = x[index[id.y + 1u] * STRIDE4 + id.x];
  y[id.y * STRIDE4 + id.x] = value;
  mirror(id.y, id.x, value);
}
