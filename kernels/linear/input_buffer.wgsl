// Reads the input of a linear map from a buffer.
// gives: input
const X_UNITS = 16u; // vec4s per token

@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [tokens, X_UNITS], f32

fn input(token: u32, unit: u32) -> vec4f {
  return x[token * X_UNITS + unit];
}
