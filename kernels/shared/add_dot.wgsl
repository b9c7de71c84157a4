// sum + a · b, one product after the other. A function, as repeating these lines in every copy of an unrolled loop
// dominates compile time: half of createShaderModule's time on Deno.
// gives: add_dot
fn add_dot(sum: f32, a: vec4f, b: vec4f) -> f32 {
  return fma(a.w, b.w, fma(a.z, b.z, fma(a.y, b.y, fma(a.x, b.x, sum))));
}
